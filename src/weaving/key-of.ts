import type { CachedEntry } from '../engine/cached-entry.js'
import { canonicalOne, canonicalText, type Unkeyable } from '../keys/canonical.js'
import type { EntryOptions, Key } from '../options/entry-options.js'
import type { Consequence, Reports } from './reports.js'

/** The place of a call in the cache, or why it has none. */
export type Place =
  | { readonly key: string; readonly scope: string | undefined }
  | { readonly key: undefined; readonly obstacle: Obstacle }

/** Why a call has no place in the cache. */
export interface Obstacle {
  readonly kind: 'no-scope' | 'no-key'
  /**
   * The callback that threw or returned an invalid value; undefined when a callback's result, or
   * the arguments, cannot be a key.
   */
  readonly threw: string | undefined
  /** The part of the arguments, or of the callback's result, that cannot be part of a key. */
  readonly unkeyable: Unkeyable | undefined
}

/** The callbacks that determine the place of a call. */
export interface PlaceCallbacks {
  readonly key: KeyCallback | undefined
  readonly scope: EntryOptions['scope']
  /** The user's name for the option `key`, in reports. @default 'key' */
  readonly keyOption?: string
}

type KeyCallback = (this: never, ...args: never[]) => Key

/**
 * Returns the canonical text of a key callback's result: a scalar x means `[x]`, an array is the
 * list itself.
 */
export function textOfKey(key: Key): string | Unkeyable {
  return Array.isArray(key) ? canonicalText(key) : canonicalOne(key)
}

/** Returns the list that a key callback's result stands for: a scalar x means `[x]`. */
export function listOfKey(key: Key): readonly unknown[] {
  return Array.isArray(key) ? key : [key]
}

/**
 * Calls a user's callback. If it throws, calls `onError` and returns undefined, because the cached
 * call must not fail.
 */
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
 * Calls a user's callback that returns a boolean. If it throws or returns anything else (such as a
 * promise, which says neither yes nor no), calls `onError` and returns undefined.
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

/** Returns the place of a method call: its key in its scope. Never throws, and reports nothing. */
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
      // A callback may return no scope; a number or a promise is a mistake.
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

/** Same as `findPlace`, and reports why there is no place. */
export function placeOf(
  entry: CachedEntry,
  callbacks: PlaceCallbacks,
  instance: unknown,
  args: readonly unknown[],
  reports: Reports,
  consequence: Consequence = 'the call bypasses the cache',
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
