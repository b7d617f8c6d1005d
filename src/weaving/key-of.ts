import type { CachedEntry } from '../engine/cached-entry.js'
import { canonicalOne, canonicalText, type Unkeyable } from '../keys/canonical.js'
import type { EntryOptions, Key } from '../options/entry-options.js'

/** A call's place in the cache, or why it has none. */
export type Place =
  | { readonly key: string; readonly scope: string | undefined }
  | { readonly key: undefined; readonly unkeyable: Unkeyable | undefined }

type KeyCallback = (this: never, ...args: never[]) => Key

/** The canonical text of what a key callback returned: a scalar x means `[x]`, an array is the list. */
export function textOfKey(key: Key): string | Unkeyable {
  return Array.isArray(key) ? canonicalText(key) : canonicalOne(key)
}

/** The canonical text of an argument list. */
export function textOfArguments(args: readonly unknown[]): string | Unkeyable {
  return args.length === 1 ? canonicalOne(args[0]) : canonicalText(args)
}

/** What a callback makes of a call; undefined when it throws, since the call must not. */
export function evaluate<T>(
  callback: ((this: never, ...args: never[]) => T) | undefined,
  instance: unknown,
  args: readonly unknown[],
  onError: () => void,
): T | undefined {
  if (callback === undefined) return undefined
  try {
    return Reflect.apply(callback, instance, args) as T
  } catch {
    onError()
    return undefined
  }
}

/** Where a call of a method belongs: its key, in its scope. Never throws. */
export function placeOf(
  entry: CachedEntry,
  keyCallback: KeyCallback | undefined,
  scopeCallback: EntryOptions['scope'],
  instance: unknown,
  args: readonly unknown[],
): Place {
  const report = (): void => entry.reportCallback()
  let scope: string | undefined
  if (scopeCallback !== undefined) {
    scope = evaluate(scopeCallback, instance, args, report)
    if (typeof scope !== 'string' || scope === '') return { key: undefined, unkeyable: undefined }
  }
  let text: string | Unkeyable
  if (keyCallback === undefined) {
    text = textOfArguments(args)
  } else {
    const key = evaluate<Key | undefined>(keyCallback, instance, args, report)
    if (key === undefined) return { key: undefined, unkeyable: undefined }
    text = textOfKey(key)
  }
  if (typeof text !== 'string') {
    entry.reportUnkeyable(text)
    return { key: undefined, unkeyable: text }
  }
  return { key: entry.keyOf(text, scope), scope }
}
