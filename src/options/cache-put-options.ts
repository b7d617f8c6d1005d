import type { EntryReference } from './entry-reference.js'
import type { Key } from './entry-options.js'

/**
 * The options of `@CachePut`. How the value is kept (ttl, tags and the rest) is said where the
 * entry is declared.
 */
export interface CachePutOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  Instance = unknown,
  Entry extends EntryReference = EntryReference,
  Value = unknown,
  Returned extends Key = Key,
> {
  /** The method whose entry is filled. */
  readonly entry: Entry
  /**
   * The key that is filled, as the entry's own `key` would return it. A `function` gets the
   * instance as `this`.
   *
   * @default the key the entry's method has for the same arguments; their parameters must match
   */
  readonly key?: (this: Instance, ...args: Arguments) => Returned
  /** What is stored: gets the result, then the arguments. A `function` gets the instance as `this`. @default the result */
  readonly value?: (this: Instance, result: Result, ...args: Arguments) => Value
  /** A call for which it returns false only runs the method. */
  readonly condition?: (this: Instance, ...args: Arguments) => boolean
  /** A result for which it returns true is not stored; what the key held is evicted, as it may be old. */
  readonly unless?: (this: Instance, result: Result, ...args: Arguments) => boolean
  /** The scope that is filled, in place of the entry's. @default the entry's */
  readonly scope?: (this: Instance, ...args: Arguments) => string | undefined
}
