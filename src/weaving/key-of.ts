import type { CachedEntry } from '../engine/cached-entry.js'
import { canonicalOne, canonicalText, type Unkeyable } from '../keys/canonical.js'
import type { EntryOptions, Key } from '../options/entry-options.js'
import type { Consequence, Reports } from './reports.js'

/** A call's place in the cache, or why it has none. */
export type Place =
  | { readonly key: string; readonly scope: string | undefined }
  | { readonly key: undefined; readonly obstacle: Obstacle }

/** Why a call has no place. */
export interface Obstacle {
  readonly kind: 'no-scope' | 'no-key'
  /** A callback threw, or gave what it must not: which one. Otherwise it, or the arguments, gave what is none. */
  readonly threw: string | undefined
  /** What of the arguments, or of the callback's result, cannot be part of a key. */
  readonly unkeyable: Unkeyable | undefined
}

/** The callbacks that say where a call belongs. */
export interface PlaceCallbacks {
  readonly key: KeyCallback | undefined
  readonly scope: EntryOptions['scope']
  /** What the user calls `key`. @default 'key' */
  readonly keyOption?: string
}

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

/**
 * What a callback says yes or no to; undefined when it throws, or gives anything else. A promise of
 * `false` is no `false`, so taking it for either would be a guess.
 */
export function evaluateBoolean(
  callback: (this: never, ...args: never[]) => boolean,
  instance: unknown,
  args: readonly unknown[],
  onError: () => void,
): boolean | undefined {
  const given: unknown = evaluate(callback, instance, args, () => undefined)
  if (typeof given === 'boolean') return given
  onError()
  return undefined
}

/** Where a call of a method belongs: its key, in its scope. Never throws, and says nothing. */
export function findPlace(
  entry: CachedEntry,
  { key: keyCallback, scope: scopeCallback, keyOption = 'key' }: PlaceCallbacks,
  instance: unknown,
  args: readonly unknown[],
): Place {
  let threw: string | undefined
  let scope: string | undefined
  if (scopeCallback !== undefined) {
    const given: unknown = evaluate(scopeCallback, instance, args, () => {
      threw = 'scope'
    })
    if (typeof given !== 'string' || given === '') {
      // To have no scope is an answer; a number or a promise is a mistake.
      if ((given ?? '') !== '') threw = 'scope'
      return nowhere('no-scope', threw)
    }
    scope = given
  }
  let list = args
  if (keyCallback !== undefined) {
    const given = evaluate<Key | undefined>(keyCallback, instance, args, () => {
      threw = keyOption
    })
    if (given === undefined) return nowhere('no-key', threw ?? keyOption)
    list = listOfKey(given)
  }
  const key = entry.keyOf(list, scope)
  return typeof key === 'string' ? { key, scope } : nowhere('no-key', undefined, key)
}

/** As `findPlace`, and says why there is none. */
export function placeOf(
  entry: CachedEntry,
  callbacks: PlaceCallbacks,
  instance: unknown,
  args: readonly unknown[],
  reports: Reports,
  consequence: Consequence = 'the call passes by the cache',
): Place {
  const place = findPlace(entry, callbacks, instance, args)
  if (place.key !== undefined) return place
  const { threw, unkeyable } = place.obstacle
  if (threw !== undefined) reports.callback(threw, consequence)
  else if (unkeyable !== undefined) reports.unkeyable(unkeyable, consequence)
  return place
}

function nowhere(
  kind: Obstacle['kind'],
  threw: string | undefined,
  unkeyable?: Unkeyable,
): Extract<Place, { key: undefined }> {
  return { key: undefined, obstacle: { kind, threw, unkeyable } }
}
