import type { Clock } from './clock.js'
import type { Duration } from './duration.js'
import type { KeyMode } from './keys/names.js'
import type { CacheObserver } from './observability/observer.js'
import type { CacheLogger } from './observability/logger.js'
import type { EntryOptions } from './options/entry-options.js'
import type { RedisInput } from './redis/redis-options.js'
import type { EncryptionKeys } from './values/encryption.js'
import type { OnInvalidationFailure } from './weaving/caller.js'

/** What a configuration may say about the entries of a namespace, over what the code says. */
export interface NamespaceOverrides extends EntryOptions {
  /** Single entries, by name; these stand above the namespace's own. */
  readonly entries?: Readonly<Record<string, EntryOptions>>
}

/** The options of a cache. All may be left out: then it keeps its entries in this process only. */
export interface CacheOptions {
  /**
   * Redis: a URL, connection options, or an ioredis client or cluster (it is duplicated with
   * settings of our own, and never closed). Redis 7.0 or later, or Valkey.
   *
   * @default memory only
   */
  readonly redis?: RedisInput | undefined
  /** Begins every key in Redis: 1 to 64 letters, digits, `_`, `.`, `:`, `-`. @default 'cachewright' */
  readonly prefix?: string | undefined
  /** Bounds of the memory tier; `false` keeps nothing in memory. */
  readonly memory?: MemoryOptions | false | undefined
  /** How entries are kept where neither class nor method says otherwise. */
  readonly defaults?: EntryOptions | undefined
  /**
   * Overrides from a configuration, by namespace. They stand above what the code says. What names no
   * namespace or entry is told of: by `logger`, `observer` and `health()`.
   */
  readonly namespaces?: Readonly<Record<string, NamespaceOverrides>> | undefined
  /**
   * `false` makes plain calls of everything, decorated or by hand: nothing is served or stored. With
   * `redis`, others are still told of what is evicted. @default true
   */
  readonly enabled?: boolean | undefined
  /** How arguments appear in the names of Redis keys. @default 'readable' */
  readonly keyMode?: KeyMode | undefined
  /**
   * Only with `keyMode: 'digest'`: a secret of 16 characters or more that makes digests of guessable
   * arguments unguessable.
   */
  readonly keySecret?: string | undefined
  /** Encrypts values in Redis, bound to their keys. @default values are stored in the clear */
  readonly encryption?: EncryptionKeys | undefined
  /** Refuses, at weaving, entries that have no `scope`. @default false */
  readonly requireScope?: boolean | undefined
  /**
   * What a decorated method does when Redis does not confirm an invalidation: resolve all the same
   * (the database was already changed), or reject. It is retried in either case.
   *
   * @default 'resolve'
   */
  readonly onInvalidationFailure?: OnInvalidationFailure | undefined
  /**
   * For how many replicas an invalidation or a put waits (by WAIT), no longer than `timeouts.write`. The
   * `replicas` of its confirmation says how many had it; it is `durable` with fewer, too. @default 0
   */
  readonly durability?: number | undefined
  readonly coherence?: CoherenceOptions | undefined
  readonly timeouts?: TimeoutsOptions | undefined
  /** Hears of everything that happens. What it throws is reported once and dropped. */
  readonly observer?: CacheObserver | undefined
  /**
   * Gets one line per change of state. `console` and pino fit. Without one there are no lines, and what
   * is wrong with the program (a result that cannot be stored, an option without effect) is a warning
   * of the process, once. `false`: not even that.
   *
   * @default none
   */
  readonly logger?: CacheLogger | false | undefined
  /** The source of time, for tests. @default the system's monotonic clock */
  readonly clock?: Clock | undefined
}

export interface MemoryOptions {
  /** Entries at most: 1 or more. @default 100_000 */
  readonly maxItems?: number | undefined
  /** Bytes that keys and values may take, as estimated: 1 or more. @default 128 MiB */
  readonly maxBytes?: number | undefined
}

export interface CoherenceOptions {
  /**
   * For how long other processes' memory may lag behind an invalidation when a link dies silently,
   * 1 s or more. Healthy, it is milliseconds.
   *
   * @default '2s'
   */
  readonly bound?: Duration | undefined
  /**
   * For how long memory may answer while Redis is unreachable: availability before freshness. At
   * least the bound.
   *
   * @default the bound
   */
  readonly outageTtl?: Duration | undefined
}

export interface TimeoutsOptions {
  /** How long a read or a lease may keep a caller waiting for Redis. @default '100ms' */
  readonly read?: Duration | undefined
  /** How long an invalidation, a put or a store may take. @default '200ms' */
  readonly write?: Duration | undefined
}

/** Every option present, every time in milliseconds. */
export interface ResolvedCacheOptions {
  readonly redis: RedisInput | undefined
  readonly prefix: string
  /** False: memory holds nothing, whatever the code asks for. */
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
