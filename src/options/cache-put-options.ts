import type { EntryReference } from './entry-reference.js'
import type { Key } from './entry-options.js'

/**
 * The options of `@CachePut`. The `@Cached` of the entry says how the value is kept (ttl, tags and
 * the rest).
 */
export interface CachePutOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  Instance = unknown,
  Entry extends EntryReference = EntryReference,
  Value = unknown,
  Returned extends Key = Key,
> {
  /** Name of the method whose entry is filled. */
  readonly entry: Entry
  /**
   * Returns the key to fill, in the form that the entry's own `key` returns. A `function` gets the
   * instance as `this`.
   *
   * @default the entry's key for the same arguments; both methods must have the same parameters
   */
  readonly key?: (this: Instance, ...args: Arguments) => Returned
  /**
   * Returns the value to store, from the result and the arguments. A `function` gets the instance
   * as `this`.
   *
   * @default the result
   */
  readonly value?: (this: Instance, result: Result, ...args: Arguments) => Value
  /** Whether a call stores its result; when it returns false, the method just runs. */
  readonly condition?: (this: Instance, ...args: Arguments) => boolean
  /**
   * Whether to skip storing a result. When it returns true, the key is evicted instead, because its
   * stored value may be outdated.
   */
  readonly unless?: (this: Instance, result: Result, ...args: Arguments) => boolean
  /** Returns the scope to fill. @default the entry's scope */
  readonly scope?: (this: Instance, ...args: Arguments) => string | undefined
}
