import type { EntryReference } from './entry-reference.js'
import type { Key } from './entry-options.js'

/**
 * The options of `@CacheEvict`. One of `key`, `keys`, `tags` and `all` says what goes; without any
 * of them it is the key that the entry's method has for the same arguments.
 */
export interface CacheEvictOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Instance = unknown,
  Entry extends EntryReference = EntryReference,
  Returned extends Key = Key,
> {
  /**
   * The method whose entry is evicted. Not with `tags`.
   *
   * @default with `all`, every entry of the class's namespace; with keys, the class's only entry
   */
  readonly entry?: Entry
  /** The key that goes, as the entry's own `key` would return it. A `function` gets the instance as `this`. */
  readonly key?: (this: Instance, ...args: Arguments) => Returned
  /**
   * The keys that go, each as `key` would return it: a list or another iterable, and no bare text,
   * which would be one of letters. A `function` gets the instance as `this`.
   */
  readonly keys?: (this: Instance, ...args: Arguments) => Iterable<Returned> & object
  /** The tags whose results go, whichever entry holds them. A `function` gets the instance as `this`. */
  readonly tags?: readonly string[] | ((this: Instance, ...args: Arguments) => readonly string[])
  /**
   * `true`: every key goes, of the `entry`; without one, of the whole namespace, or of what `scope`
   * returns in it. The cost does not depend on how many there are.
   */
  readonly all?: true
  /**
   * Evicts before the method runs, and whether or not it fails. Without it the eviction happens
   * after success, before the promise resolves.
   *
   * @default false
   */
  readonly beforeInvocation?: boolean
  /** A call for which it returns false evicts nothing. A `function` gets the instance as `this`. */
  readonly condition?: (this: Instance, ...args: Arguments) => boolean
  /** The scope in which keys are evicted, in place of the entry's. Not with `tags`. @default the entry's */
  readonly scope?: (this: Instance, ...args: Arguments) => string | undefined
}
