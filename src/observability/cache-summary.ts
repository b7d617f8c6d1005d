import type { CacheStatistics } from './statistics.js'

/** A cache in a few numbers: what is shown where a whole cache ends up in a log or an error report. */
export interface CacheSummary {
  /** How many entries there are: cached methods and namespaces used by hand. */
  readonly entries: number
  /** What memory holds. */
  readonly items: number
  readonly bytes: number
  readonly calls: number
  readonly hitRatio: number
}

export function summaryOf({ entries, memory, total }: CacheStatistics): CacheSummary {
  return {
    entries: Object.keys(entries).length,
    items: memory.items,
    bytes: memory.bytes,
    calls: total.calls,
    hitRatio: total.hitRatio,
  }
}
