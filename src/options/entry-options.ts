import type { Duration } from '../duration.js'
import type { Consistency, Isolation } from '../engine/policy.js'

/** A tier that keeps results. */
type CacheTier = 'memory' | 'redis'

/** A value that a key callback may return as a whole key. */
export type KeyScalar = string | number | bigint | boolean | Date | null

/**
 * A key: an argument list. A scalar x means `[x]`; an array is the list itself, so a key of one
 * array argument is `[[…]]`, and a key of one object is `[object]`.
 */
export type Key = KeyScalar | readonly unknown[]

/** Limits on how long a method may take. */
export interface TimeoutOptions {
  /**
   * Time after which a caller gets the stale result, if there is one, while the method goes on.
   * Needs `staleWhileRevalidate` or `staleIfError`, without which no stale result is kept.
   *
   * @default never
   */
  readonly soft?: Duration
  /**
   * Time after which the call fails with a `CacheLoadTimeoutError`, or gets the stale result with
   * `staleIfError`. The method's slot is freed and its late result dropped.
   *
   * @default '30s'
   */
  readonly hard?: Duration
}

/**
 * Options that say how an entry is kept. They can be set for all entries of a cache, for a class
 * (`@CacheConfig`) and for a method. Each option set on a method overrides the class's, which
 * overrides the cache's.
 *
 * `Arguments`, `Result` and `Instance` are those of the method that the options are for.
 */
export interface EntryOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  Instance = unknown,
> {
  /**
   * Version of the results' shape. Change it with the shape: results of another version are never
   * read.
   *
   * @default 1
   */
  readonly version?: number | string
  /**
   * How long a result is fresh: a duration, or a function of the result and the arguments that
   * returns one. 0 stores nothing.
   *
   * @default '5m'
   */
  readonly ttl?: Duration | ((this: void, result: Result, ...args: Arguments) => Duration)
  /**
   * How long `null` and `undefined` are fresh; `false` does not store them.
   *
   * @default as long as any other result
   */
  readonly negativeTtl?: Duration | false
  /**
   * Largest fraction of the ttl, 0 to 1, that is subtracted at random, so that results stored
   * together do not expire together. A result never lives longer than its ttl.
   *
   * @default 0.1
   */
  readonly jitter?: number
  /**
   * How long after its ttl a result is still served immediately, while it is reloaded in the
   * background (RFC 5861).
   *
   * @default 0
   */
  readonly staleWhileRevalidate?: Duration
  /**
   * How long after its ttl a result is served in place of the method's error (RFC 5861).
   *
   * @default 0
   */
  readonly staleIfError?: Duration
  /**
   * Fraction of the ttl, 0 to below 1, after which a read of a fresh result also refreshes it in
   * the background. 0 disables this.
   *
   * @default 0
   */
  readonly refreshAhead?: number
  /** How long the method may take. @default { hard: '30s' } */
  readonly timeout?: TimeoutOptions
  /**
   * Maximum number of calls of the method that run at once in this process: 1 or more, or
   * `Infinity`. The items that one call of `@CachedMany` loads count as one call, and take one
   * place in the queue.
   *
   * @default Infinity
   */
  readonly concurrency?: number
  /**
   * Maximum number of calls that wait for `concurrency`: 0 or more. Further calls are refused with
   * a `CacheLoadRejectedError`.
   *
   * @default 1000
   */
  readonly queue?: number
  /**
   * How long the method is not called again for a key after it failed. Callers get the same error,
   * unless another process has stored a value since. Doubles with each failure, up to 30 s. 0
   * disables this.
   *
   * @default 0
   */
  readonly errorBackoff?: Duration
  /** Tiers that keep results. @default ['memory', 'redis'], whichever the cache has */
  readonly tiers?: readonly CacheTier[]
  /**
   * How fresh a read is: `'bounded'` serves from memory, which follows the invalidations of other
   * processes within the bound; `'strict'` validates every read in Redis.
   *
   * @default 'bounded'
   */
  readonly consistency?: Consistency
  /**
   * How callers are kept from changing one another's results: `'freeze'` (plain JSON is frozen and
   * shared, anything else is copied), `'copy'` (every caller gets a copy) or `'share'` (all get the
   * same object).
   *
   * @default 'freeze'
   */
  readonly isolation?: Isolation
  /**
   * Maximum size of a stored result in bytes, 1 or more; larger ones are only returned.
   *
   * @default 1_048_576
   */
  readonly maxValueBytes?: number
  /**
   * Smallest payload in bytes that is compressed in Redis; `false` compresses none.
   *
   * @default 8_192
   */
  readonly compressAbove?: number | false
  /**
   * Returns what the method depends on besides its arguments, such as the tenant, the user or the
   * locale. Scopes never share results. Called with the arguments of every call; a `function` gets
   * the instance as `this`. When it returns `undefined` or `''`, or throws, the call bypasses the
   * cache.
   *
   * @default no scope
   */
  readonly scope?: (this: Instance, ...args: Arguments) => string | undefined
  /**
   * Switches the entry on or off. With `false`, its method just runs; evictions are still sent, and
   * a put evicts its key.
   *
   * @default true
   */
  readonly enabled?: boolean
}
