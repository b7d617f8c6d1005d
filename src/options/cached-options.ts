import type { EntryOptions, Key } from './entry-options.js'

/**
 * The options of `@Cached`. Callbacks get the method's arguments, after the result where there is
 * one.
 */
export interface CachedOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  Instance = unknown,
> extends EntryOptions<Arguments, Result, Instance> {
  /**
   * Name of the entry in Redis. Set it to rename the method without losing its stored results.
   * `@CachePut` and `@CacheEvict` still refer to the method by its own name.
   *
   * @default the method's name
   */
  readonly entry?: string
  /**
   * Returns the key of a call: a scalar x means `[x]`, an array is the list itself. A `function`
   * gets the instance as `this`.
   *
   * @default the argument list
   */
  readonly key?: (this: Instance, ...args: Arguments) => Key
  /**
   * Tags of a result: a list, or a function that returns one. `@CacheEvict({ tags })` and
   * `cache.invalidateTags` remove all results of a tag together.
   *
   * @default none
   */
  readonly tags?:
    | readonly string[]
    | ((this: void, result: Result, ...args: Arguments) => readonly string[])
  /**
   * Whether a call uses the cache; when it returns false, the method just runs. A `function` gets
   * the instance as `this`.
   */
  readonly condition?: (this: Instance, ...args: Arguments) => boolean
  /** Whether to skip storing a result; when it returns true, the result is only returned. */
  readonly unless?: (this: void, result: Result, ...args: Arguments) => boolean
}
