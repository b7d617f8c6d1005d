import type { MissReason } from '../engine/miss-reasons.js'
import type { EntryCounters } from './entry-counters.js'

/** The counters of one entry, frozen at one moment. */
export interface EntryStatistics {
  readonly namespace: string
  readonly entry: string
  readonly calls: number
  readonly memoryHits: number
  readonly redisHits: number
  readonly misses: number
  readonly stale: number
  readonly bypassed: number
  readonly errors: number
  readonly coalesced: number
  readonly loads: number
  readonly loadFailures: number
  readonly refreshes: number
  readonly hitRatio: number
  readonly missReasons: Readonly<Partial<Record<MissReason, number>>>
}

export interface CacheStatistics {
  /** By `namespace/entry`. */
  readonly entries: Readonly<Record<string, EntryStatistics>>
  readonly memory: { readonly items: number; readonly bytes: number }
}

/** Counts as they stand now. */
export function statisticsOf(
  all: readonly EntryCounters[],
  memory: { readonly size: number; readonly bytes: number },
): CacheStatistics {
  const entries = all.map((counters) => [
    `${counters.namespace}/${counters.entry}`,
    entryStatisticsOf(counters),
  ])
  return {
    entries: Object.fromEntries(entries) as Record<string, EntryStatistics>,
    memory: { items: memory.size, bytes: memory.bytes },
  }
}

function entryStatisticsOf(counters: EntryCounters): EntryStatistics {
  const { namespace, entry, calls, memoryHits, redisHits } = counters
  return {
    namespace,
    entry,
    calls,
    memoryHits,
    redisHits,
    misses: counters.misses,
    stale: counters.stale,
    bypassed: counters.bypassed,
    errors: counters.errors,
    coalesced: counters.coalesced,
    loads: counters.loads,
    loadFailures: counters.loadFailures,
    refreshes: counters.refreshes,
    hitRatio: calls === 0 ? 0 : (memoryHits + redisHits) / calls,
    missReasons: Object.fromEntries(counters.missReasons),
  }
}
