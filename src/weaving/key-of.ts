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

/** The list that a key callback's result stands for: a scalar x means `[x]`. */
export function listOfKey(key: Key): readonly unknown[] {
  return Array.isArray(key) ? key : [key]
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
  let list = args
  if (keyCallback !== undefined) {
    const given = evaluate<Key | undefined>(keyCallback, instance, args, report)
    if (given === undefined) return { key: undefined, unkeyable: undefined }
    list = listOfKey(given)
  }
  const key = entry.keyOf(list, scope)
  if (typeof key === 'string') return { key, scope }
  entry.reportUnkeyable(key)
  return { key: undefined, unkeyable: key }
}
