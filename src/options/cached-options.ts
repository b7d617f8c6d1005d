import type { EntryOptions, Key } from './entry-options.js'

/** The options of `@Cached`. Callbacks get the method's arguments; where there is a result, it comes first. */
export interface CachedOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  Instance = unknown,
> extends EntryOptions<Arguments, Result, Instance> {
  /**
   * The entry's name in Redis, apart from the method's, so that the method can be renamed without
   * losing what is stored. `@CachePut` and `@CacheEvict` name the method all the same.
   *
   * @default the method's name
   */
  readonly entry?: string
  /**
   * The key of a call: a scalar x means `[x]`, an array is the list itself. A `function` gets the
   * instance as `this`.
   *
   * @default the argument list
   */
  readonly key?: (this: Instance, ...args: Arguments) => Key
  /** The tags of a result, which `@CacheEvict({ tags })` removes together. @default none */
  readonly tags?:
    | readonly string[]
    | ((this: void, result: Result, ...args: Arguments) => readonly string[])
  /** A call for which it returns false passes by the cache. A `function` gets the instance as `this`. */
  readonly condition?: (this: Instance, ...args: Arguments) => boolean
  /** A result for which it returns true is returned and not stored. */
  readonly unless?: (this: void, result: Result, ...args: Arguments) => boolean
}
