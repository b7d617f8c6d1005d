import type { Clock } from './clock.js'
import type { Duration } from './duration.js'
import type { KeyMode } from './keys/names.js'
import type { CacheObserver } from './observability/observer.js'
import type { CacheLogger } from './observability/logger.js'
import type { EntryOptions } from './options/entry-options.js'
import type { RedisInput } from './redis/redis-options.js'
import type { EncryptionKeys } from './values/encryption.js'
import type { OnInvalidationFailure } from './weaving/caller.js'

/** Overrides for the entries of a namespace. They take precedence over the options in the code. */
export interface NamespaceOverrides extends EntryOptions {
  /**
   * Overrides for single entries, by entry name. They take precedence over those of the namespace.
   */
  readonly entries?: Readonly<Record<string, EntryOptions>>
}

/**
 * The options of `createCache`. All are optional; without any, the cache keeps its entries in the
 * memory of this process.
 */
export interface CacheOptions {
  /**
   * Connects the cache to Redis 7.0 or later, or to Valkey: a URL, connection options, or an
   * ioredis client or cluster. A client is duplicated with the settings that the cache needs, and
   * is never closed by the cache.
   *
   * @default memory only
   */
  readonly redis?: RedisInput | undefined
  /**
   * Prefix of every key in Redis: 1 to 64 letters, digits, `_`, `.`, `:`, `-`.
   *
   * @default 'cachewright'
   */
  readonly prefix?: string | undefined
  /** Limits of the memory tier; `false` keeps nothing in memory. */
  readonly memory?: MemoryOptions | false | undefined
  /** Default entry options, for whatever neither the class nor the method sets. */
  readonly defaults?: EntryOptions | undefined
  /**
   * Overrides entry options by namespace, typically from a configuration file. They take precedence
   * over the options in the code. A name that matches no namespace or entry is reported to `logger`
   * and `observer`, and by `health()`.
   */
  readonly namespaces?: Readonly<Record<string, NamespaceOverrides>> | undefined
  /**
   * Switches the cache on or off. With `false`, decorated methods and `getOrLoad` just run, and
   * nothing is served or stored. With `redis`, invalidations are still sent to the other processes.
   *
   * @default true
   */
  readonly enabled?: boolean | undefined
  /**
   * How arguments appear in the names of Redis keys: as text, or as a digest.
   *
   * @default 'readable'
   */
  readonly keyMode?: KeyMode | undefined
  /**
   * Secret of 16 characters or more, mixed into the digests so that guessable arguments cannot be
   * recovered from key names. Only with `keyMode: 'digest'`.
   */
  readonly keySecret?: string | undefined
  /** Encrypts values in Redis and binds each one to its key. @default values are not encrypted */
  readonly encryption?: EncryptionKeys | undefined
  /**
   * Requires every entry to have a `scope`; weaving a class with an entry without one throws.
   *
   * @default false
   */
  readonly requireScope?: boolean | undefined
  /**
   * What the caller gets when Redis does not confirm an invalidation: `'resolve'` resolves anyway,
   * because the database has already changed; `'reject'` rejects with a `CacheInvalidationError`.
   * The invalidation is retried in either case.
   *
   * @default 'resolve'
   */
  readonly onInvalidationFailure?: OnInvalidationFailure | undefined
  /**
   * Number of replicas that an invalidation or a put waits for (`WAIT`), for at most
   * `timeouts.write`. The confirmation's `replicas` says how many acknowledged; fewer than asked
   * for do not make it less `durable`.
   *
   * @default 0
   */
  readonly durability?: number | undefined
  /** How far the memory of a process may lag behind invalidations by others. */
  readonly coherence?: CoherenceOptions | undefined
  /** Limits on how long an operation may wait for Redis. */
  readonly timeouts?: TimeoutsOptions | undefined
  /**
   * Listeners that are called for every event of the cache. An error that a listener throws is
   * reported once and otherwise ignored.
   */
  readonly observer?: CacheObserver | undefined
  /**
   * Logs one line per change of state. `console` and pino fit. Without a logger there are no such
   * lines, and mistakes in the program (a result that cannot be stored, an option without effect)
   * are emitted once as process warnings. `false` silences these too.
   *
   * @default none
   */
  readonly logger?: CacheLogger | false | undefined
  /** Source of time; replace it in tests. @default the system's monotonic clock */
  readonly clock?: Clock | undefined
}

/** Limits of the memory tier. */
export interface MemoryOptions {
  /** Maximum number of entries: 1 or more. @default 100_000 */
  readonly maxItems?: number | undefined
  /** Maximum estimated size of keys and values in bytes: 1 or more. @default 128 MiB */
  readonly maxBytes?: number | undefined
}

/** How far the memory of a process may lag behind invalidations by others. */
export interface CoherenceOptions {
  /**
   * Longest time that the memory of other processes may lag behind an invalidation when a
   * connection dies silently: 1 s or more. While connections are healthy, the lag is milliseconds.
   *
   * @default '2s'
   */
  readonly bound?: Duration | undefined
  /**
   * How long memory may still answer while Redis is unreachable; longer favours availability over
   * freshness. At least `bound`.
   *
   * @default the bound
   */
  readonly outageTtl?: Duration | undefined
}

/** Limits on how long an operation may wait for Redis. */
export interface TimeoutsOptions {
  /**
   * Longest time that a read or a lease request keeps a caller waiting for Redis.
   *
   * @default '100ms'
   */
  readonly read?: Duration | undefined
  /** Longest time that an invalidation, a put or a store may take. @default '200ms' */
  readonly write?: Duration | undefined
}

/** The options with every default filled in and every time in milliseconds. */
export interface ResolvedCacheOptions {
  readonly redis: RedisInput | undefined
  readonly prefix: string
  /** False when the memory tier is off, whatever the entries ask for. */
  readonly keepsInMemory: boolean
  readonly maxItems: number
  readonly maxBytes: number
  readonly defaults: EntryOptions
  readonly namespaces: Readonly<Record<string, NamespaceOverrides>>
  readonly enabled: boolean
  readonly keyMode: KeyMode
  readonly keySecret: string | undefined
  readonly encryption: EncryptionKeys | undefined
  readonly requireScope: boolean
  readonly onInvalidationFailure: OnInvalidationFailure
  readonly durability: number
  readonly bound: number
  readonly outageTtl: number
  readonly readTimeout: number
  readonly writeTimeout: number
  readonly observer: CacheObserver | undefined
  readonly logger: CacheLogger | false | undefined
  readonly clock: Clock
}
