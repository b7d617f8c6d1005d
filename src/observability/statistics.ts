import type { BackgroundReason } from '../engine/background.js'
import type { LogGap } from '../engine/log-reader.js'
import type { MissReason } from '../engine/miss-reasons.js'
import type { DurationStatistics } from './duration-histogram.js'
import type { RedisState } from './health.js'
import type { WarningCause } from './observer.js'

/**
 * Counts since the cache was made. At every moment, `hits + misses + stale + bypassed + errors`
 * equals `calls`.
 */
export interface CallStatistics {
  /** Calls that have ended. */
  readonly calls: number
  /** Calls that have started and not ended. */
  readonly running: number
  /** `memoryHits + redisHits` */
  readonly hits: number
  readonly memoryHits: number
  readonly redisHits: number
  /**
   * Calls answered with the method's result, from their own run or from one shared with other
   * callers.
   */
  readonly misses: number
  /** Calls answered with a value past its ttl. */
  readonly stale: number
  /** Calls that did not use the cache: no key, a condition, a unit of work, a closed cache. */
  readonly bypassed: number
  /** Calls that rejected. */
  readonly errors: number
  /** Fraction of all calls that were hits, without bypassed calls: 0 to 1; 0 without any calls. */
  readonly hitRatio: number
  /** Fraction of all calls that were hits in memory, without bypassed calls. */
  readonly memoryHitRatio: number
  /**
   * Fraction of the calls that memory did not answer that were hits in Redis, without bypassed
   * calls.
   */
  readonly redisHitRatio: number
  /** Calls that waited for a load that another call had started. */
  readonly coalesced: number
  /** Runs of the method. */
  readonly loads: number
  /** Runs of the method that failed. */
  readonly loadFailures: number
  /** Loads started in the background or by `refresh`. */
  readonly refreshes: number
  /** Values put into memory. */
  readonly stored: number
  /** Bytes sent to Redis to be stored. */
  readonly storedBytes: number
  /** Results not stored because they were invalidated while they loaded. */
  readonly fencedStores: number
  /** Results not stored because they are too large or cannot be copied. */
  readonly refusedValues: number
  /** Values in memory now. */
  readonly memoryItems: number
  /** Estimated bytes in memory now. */
  readonly memoryBytes: number
  /** Values removed from memory for lack of room. */
  readonly capacityEvictions: number
  /** Misses by reason. */
  readonly missReasons: Readonly<Partial<Record<MissReason, number>>>
  /** Duration of one memory hit in 64, from finding the value to handing it out. */
  readonly memoryHitTime: DurationStatistics
  /** How long callers waited for hits in Redis. */
  readonly redisHitTime: DurationStatistics
  /** How long callers waited for misses: Redis and the method together. */
  readonly missTime: DurationStatistics
  /** How long the method ran. */
  readonly loadTime: DurationStatistics
}

/** The counts of one entry. */
export interface EntryStatistics extends CallStatistics {
  readonly namespace: string
  readonly entry: string
}

/** The state of the memory tier. */
export interface MemoryStatistics {
  readonly items: number
  /** Estimated bytes of keys and values. */
  readonly bytes: number
  readonly maxItems: number
  readonly maxBytes: number
  readonly capacityEvictions: number
}

/** Counts of invalidations. A put counts as one of its key. */
export interface InvalidationStatistics {
  /** Keys that this process invalidated, by evicts and by puts. */
  readonly keys: number
  /** Whole namespaces, entries and scopes. */
  readonly markers: number
  readonly tags: number
  /** Invalidations that Redis did not confirm when they were issued. */
  readonly unconfirmed: number
  /** Targets that other processes invalidated and this process learned of. */
  readonly elsewhere: number
  /** Interruptions of the invalidation log, each of which clears memory, by kind. */
  readonly logInterruptions: Readonly<Partial<Record<LogGap, number>>>
}

/** Counts of background tasks. */
export interface BackgroundStatistics {
  /** Refreshes, stores and other background tasks that run now. */
  readonly running: number
  readonly failures: Readonly<Partial<Record<BackgroundReason, number>>>
}

/** Statistics of a cache, as plain data. Contains no key, argument, value or tag. */
export interface CacheStatistics {
  /** The `prefix` of the cache. */
  readonly cache: string
  /** By `namespace/entry`. A slash or a percent sign in a name is written `%2F` or `%25`. */
  readonly entries: Readonly<Record<string, EntryStatistics>>
  /** The sums of the entries of each namespace. */
  readonly namespaces: Readonly<Record<string, CallStatistics>>
  /** The sums of all entries. */
  readonly total: CallStatistics
  readonly memory: MemoryStatistics
  readonly invalidations: InvalidationStatistics
  readonly background: BackgroundStatistics
  /** The state of Redis; undefined without Redis. */
  readonly redis: RedisState | undefined
  /** Warnings by cause, including those that were not given again. */
  readonly warnings: Readonly<Partial<Record<WarningCause, number>>>
}
