import type { EntryReference } from './entry-reference.js'
import type { Key } from './entry-options.js'

/**
 * The options of `@CacheEvict`. One of `key`, `keys`, `tags` and `all` says what to evict. Without
 * any of them, the entry's key for the same arguments is evicted.
 */
export interface CacheEvictOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Instance = unknown,
  Entry extends EntryReference = EntryReference,
  Returned extends Key = Key,
> {
  /**
   * Name of the method whose entry is evicted. Not allowed with `tags`.
   *
   * @default with `all`, every entry of the class's namespace; with keys, the class's only entry
   */
  readonly entry?: Entry
  /**
   * Returns the key to evict, in the form that the entry's own `key` returns. A `function` gets the
   * instance as `this`.
   */
  readonly key?: (this: Instance, ...args: Arguments) => Returned
  /**
   * Returns the keys to evict, each in the form that `key` returns, as a list or another iterable.
   * A string is refused, since it would be a list of letters. A `function` gets the instance as
   * `this`.
   */
  readonly keys?: (this: Instance, ...args: Arguments) => Iterable<Returned> & object
  /**
   * Tags whose results are evicted, whichever entry holds them: a list, or a function that returns
   * one. A `function` gets the instance as `this`.
   */
  readonly tags?: readonly string[] | ((this: Instance, ...args: Arguments) => readonly string[])
  /**
   * Evicts every key: of the `entry`, or without one of the whole namespace, or with `scope` of
   * that scope in the namespace. The cost does not depend on the number of keys.
   */
  readonly all?: true
  /**
   * Evicts before the method runs, and again after it, whether or not it fails. By default the
   * eviction happens once the method has succeeded, before its promise resolves.
   *
   * @default false
   */
  readonly beforeInvocation?: boolean
  /**
   * Whether a call evicts; nothing is evicted when it returns false. A `function` gets the instance
   * as `this`.
   */
  readonly condition?: (this: Instance, ...args: Arguments) => boolean
  /**
   * Returns the scope in which keys are evicted. Not allowed with `tags`.
   *
   * @default the entry's scope
   */
  readonly scope?: (this: Instance, ...args: Arguments) => string | undefined
}
