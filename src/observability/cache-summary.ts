import type { CacheStatistics } from './statistics.js'

/** A short summary of a cache, for logs and error reports. */
export interface CacheSummary {
  /** The `prefix` of the cache. */
  readonly cache: string
  /** Number of entries: cached methods and namespaces used by hand. */
  readonly entries: number
  /** Number of values in memory. */
  readonly items: number
  /** Estimated bytes in memory. */
  readonly bytes: number
  /** Number of calls that have ended. */
  readonly calls: number
  /** Fraction of all calls that were hits, without bypassed calls: 0 to 1. */
  readonly hitRatio: number
  /** Whether Redis accepts commands now; undefined without Redis. */
  readonly isRedisReady: boolean | undefined
}

/** Returns the summary of a cache's statistics. */
export function summaryOf({ cache, entries, memory, total, redis }: CacheStatistics): CacheSummary {
  return {
    cache,
    entries: Object.keys(entries).length,
    items: memory.items,
    bytes: memory.bytes,
    calls: total.calls,
    hitRatio: total.hitRatio,
    isRedisReady: redis?.isReady,
  }
}
