import type { CacheStatistics } from './statistics.js'

/** A cache in a few numbers: what is shown where a whole cache ends up in a log or an error report. */
export interface CacheSummary {
  /** The `prefix` of the cache. */
  readonly cache: string
  /** How many entries there are: cached methods and namespaces used by hand. */
  readonly entries: number
  /** What memory holds. */
  readonly items: number
  readonly bytes: number
  readonly calls: number
  readonly hitRatio: number
  /** Whether Redis takes commands now; undefined without Redis. */
  readonly isRedisReady: boolean | undefined
}

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
