import type { BackgroundReason } from '../engine/background.js'
import type { LogGap } from '../engine/log-reader.js'
import type { MissReason } from '../engine/miss-reasons.js'
import type { DurationStatistics } from './duration-histogram.js'
import type { RedisState } from './health.js'
import type { WarningCause } from './observer.js'

/**
 * Counts since the cache was made. `hits + misses + stale + bypassed + errors` is `calls`, exactly
 * and at every moment.
 */
export interface CallStatistics {
  /** Calls that have ended. */
  readonly calls: number
  /** Calls that have begun and not ended. */
  readonly running: number
  /** `memoryHits + redisHits` */
  readonly hits: number
  readonly memoryHits: number
  readonly redisHits: number
  /** Calls that got what the method returned, of its run for them or for another caller. */
  readonly misses: number
  /** Calls that got a value past its ttl. */
  readonly stale: number
  /** Calls that did not concern the cache: no key, a condition, a unit of work, a closed cache. */
  readonly bypassed: number
  /** Calls at which something was thrown. */
  readonly errors: number
  /** Hits of all calls that were not bypassed: 0 to 1; 0 without any. */
  readonly hitRatio: number
  /** The same, of memory alone. */
  readonly memoryHitRatio: number
  /** Hits in Redis of the calls that memory did not answer. */
  readonly redisHitRatio: number
  /** Of all calls: those that waited for a load that another one had begun. */
  readonly coalesced: number
  /** Runs of the method, and how many of them failed. */
  readonly loads: number
  readonly loadFailures: number
  /** Loads begun in the background, or by `refresh`. */
  readonly refreshes: number
  /** Values put into memory. */
  readonly stored: number
  /** Bytes sent to Redis to be stored. */
  readonly storedBytes: number
  /** Results not stored, since something that concerns them was invalidated meanwhile. */
  readonly fencedStores: number
  /** Results that cannot be stored: too large, or not to be copied. */
  readonly refusedValues: number
  /** What memory holds now, its bytes as estimated. */
  readonly memoryItems: number
  readonly memoryBytes: number
  /** Values that had to leave memory for want of room. */
  readonly capacityEvictions: number
  readonly missReasons: Readonly<Partial<Record<MissReason, number>>>
  /** Of one memory hit in 64: from when it was found until the value was at hand. */
  readonly memoryHitTime: DurationStatistics
  /** How long callers waited for hits in Redis. */
  readonly redisHitTime: DurationStatistics
  /** How long callers waited for misses: Redis and the method together. */
  readonly missTime: DurationStatistics
  /** How long the method ran. */
  readonly loadTime: DurationStatistics
}

export interface EntryStatistics extends CallStatistics {
  readonly namespace: string
  readonly entry: string
}

export interface MemoryStatistics {
  readonly items: number
  /** As estimated. */
  readonly bytes: number
  readonly maxItems: number
  readonly maxBytes: number
  readonly capacityEvictions: number
}

export interface InvalidationStatistics {
  /** What this process invalidated, by evicts and by puts. */
  readonly keys: number
  /** Whole namespaces, entries and scopes. */
  readonly markers: number
  readonly tags: number
  /** Invalidations that Redis did not confirm when they were issued. */
  readonly unconfirmed: number
  /** What other processes invalidated, and this one heard of. */
  readonly elsewhere: number
  /** How often the log of invalidations was interrupted, so that memory was dropped; by how. */
  readonly logInterruptions: Readonly<Partial<Record<LogGap, number>>>
}

export interface BackgroundStatistics {
  /** Refreshes, stores and the like that run now. */
  readonly running: number
  readonly failures: Readonly<Partial<Record<BackgroundReason, number>>>
}

/** Plain data, and nothing in it is a key, an argument, a value or a tag. */
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
  /** undefined without Redis. */
  readonly redis: RedisState | undefined
  /** What there was to warn of, also when it was not said again. */
  readonly warnings: Readonly<Partial<Record<WarningCause, number>>>
}
