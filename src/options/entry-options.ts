import type { Duration } from '../duration.js'
import type { Consistency, Isolation } from '../engine/policy.js'

/** Where results are kept. */
type CacheTier = 'memory' | 'redis'

/** What a key callback returns for one argument: what can be nothing but itself. */
export type KeyScalar = string | number | bigint | boolean | Date | null

/**
 * A key is an argument list. A scalar x means `[x]`; an array is the list itself, so a key of one
 * array argument is `[[…]]`, and a key of one object is `[object]`.
 */
export type Key = KeyScalar | readonly unknown[]

/** How long a method may take. */
export interface TimeoutOptions {
  /**
   * After this long a caller gets the stale result, if there is one, while the method goes on.
   * Needs `staleWhileRevalidate` or `staleIfError`: without them nothing stale is kept.
   *
   * @default never
   */
  readonly soft?: Duration
  /**
   * After this long the call is given up with a `CacheLoadTimeoutError` (or the stale result, with
   * `staleIfError`), its slot is freed and its late result dropped.
   *
   * @default '30s'
   */
  readonly hard?: Duration
}

/**
 * How an entry is kept. May be given for all entries of a cache, for a class (`@CacheConfig`) and
 * for a method: global < class < method, option by option.
 *
 * `Arguments`, `Result` and `Instance` are those of the method the options stand on.
 */
export interface EntryOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  Instance = unknown,
> {
  /**
   * Changes when the shape of the results changes: results of another version are never read.
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
   * Up to this fraction of the ttl, 0 to 1, is taken off at random, so that what was stored
   * together does not expire together. A result never lives longer than its ttl.
   *
   * @default 0.1
   */
  readonly jitter?: number
  /**
   * For how long after its ttl a result is still served at once while it is loaded anew in the
   * background (RFC 5861).
   *
   * @default 0
   */
  readonly staleWhileRevalidate?: Duration
  /**
   * For how long after its ttl a result is served in place of the method's error (RFC 5861).
   *
   * @default 0
   */
  readonly staleIfError?: Duration
  /**
   * From this fraction of the ttl on, 0 to below 1, a read starts a background refresh of what is
   * still fresh. 0 is never.
   *
   * @default 0
   */
  readonly refreshAhead?: number
  /** How long the method may take. @default { hard: '30s' } */
  readonly timeout?: TimeoutOptions
  /**
   * How many calls of the method run at once in this process: 1 or more, or `Infinity`. What a list
   * of `@CachedMany` loads is one call, and takes one place in the queue.
   *
   * @default Infinity
   */
  readonly concurrency?: number
  /**
   * How many more calls may wait while `concurrency` is reached, 0 or more; those after them are
   * refused with a `CacheLoadRejectedError`.
   *
   * @default 1000
   */
  readonly queue?: number
  /**
   * After the method failed, it is not called again for the same key for this long: callers get
   * the same error, unless another process has stored a value since. Doubles with each failure, up
   * to 30 s. 0 is off.
   *
   * @default 0
   */
  readonly errorBackoff?: Duration
  /** Where results are kept. @default ['memory', 'redis'], whichever the cache has */
  readonly tiers?: readonly CacheTier[]
  /**
   * How fresh a read is: `'bounded'` serves from memory, which follows the invalidations of other
   * processes within the bound; `'strict'` validates every read in Redis.
   *
   * @default 'bounded'
   */
  readonly consistency?: Consistency
  /**
   * What callers may do to a result without another one seeing it: `'freeze'` (plain JSON is
   * frozen and shared, anything else copied), `'copy'` or `'share'`.
   *
   * @default 'freeze'
   */
  readonly isolation?: Isolation
  /** Larger results are returned and not stored. Bytes, 1 or more. @default 1_048_576 */
  readonly maxValueBytes?: number
  /**
   * Payloads of at least this many bytes are compressed in Redis; `false` compresses none.
   *
   * @default 8_192
   */
  readonly compressAbove?: number | false
  /**
   * What the method reads beside its arguments: the tenant, the user, the locale. Called for every
   * call with its arguments; a `function` gets the instance as `this`. Results of two scopes never
   * meet. Where it returns `undefined` or `''`, or throws, the call passes by the cache.
   *
   * @default no scope
   */
  readonly scope?: (this: Instance, ...args: Arguments) => string | undefined
  /** `false` turns the entry into plain calls. Evictions are still sent, and a put is one. @default true */
  readonly enabled?: boolean
}
