import type { Parts } from '../engine/parts.js'
import type { SharedTier } from '../tiers/shared-tier.js'
import type { CacheCounters } from './cache-counters.js'
import { EntryCounters } from './entry-counters.js'
import { redisStateOf } from './health.js'
import type { CacheStatistics, CallStatistics, InvalidationStatistics } from './statistics.js'

/** The parts that statistics are made from. */
export interface StatisticsSources {
  readonly entries: readonly EntryCounters[]
  readonly counters: CacheCounters
  readonly parts: Parts
  readonly tier: SharedTier | undefined
}

/** Returns the current statistics of a cache. */
export function statisticsOf({
  entries,
  counters,
  parts,
  tier,
}: StatisticsSources): CacheStatistics {
  const byEntry = sums(entries, nameOf)
  const total = sumOf(entries)
  return {
    cache: parts.names.prefix,
    entries: mapped(byEntry, (sum) => {
      const { namespace, entry } = sum
      return { namespace, entry, ...callStatisticsOf(sum) }
    }),
    namespaces: mapped(
      sums(entries, ({ namespace }) => namespace),
      callStatisticsOf,
    ),
    total: callStatisticsOf(total),
    memory: {
      items: parts.memory.size,
      bytes: parts.memory.bytes,
      maxItems: parts.memory.maxItems,
      maxBytes: parts.memory.maxBytes,
      capacityEvictions: total.capacityEvictions,
    },
    invalidations: invalidationStatisticsOf(counters),
    background: {
      running: parts.background.size,
      failures: Object.fromEntries(counters.backgroundFailures),
    },
    redis: redisStateOf(parts, tier),
    warnings: Object.fromEntries(counters.warnings),
  }
}

function callStatisticsOf(counters: EntryCounters): CallStatistics {
  const { calls, memoryHits, redisHits, bypassed } = counters
  const hits = memoryHits + redisHits
  return {
    calls,
    running: counters.running,
    hits,
    memoryHits,
    redisHits,
    misses: counters.misses,
    stale: counters.stale,
    bypassed,
    errors: counters.errors,
    hitRatio: ratio(hits, calls - bypassed),
    memoryHitRatio: ratio(memoryHits, calls - bypassed),
    redisHitRatio: ratio(redisHits, calls - bypassed - memoryHits),
    coalesced: counters.coalesced,
    loads: counters.loads,
    loadFailures: counters.loadFailures,
    refreshes: counters.refreshes,
    stored: counters.stored,
    storedBytes: counters.storedBytes,
    fencedStores: counters.fencedStores,
    refusedValues: counters.refusedValues,
    memoryItems: counters.memoryItems,
    memoryBytes: counters.memoryBytes,
    capacityEvictions: counters.capacityEvictions,
    missReasons: Object.fromEntries(counters.missReasons),
    memoryHitTime: counters.memoryHitTime.statistics(),
    redisHitTime: counters.redisHitTime.statistics(),
    missTime: counters.missTime.statistics(),
    loadTime: counters.loadTime.statistics(),
  }
}

function invalidationStatisticsOf(counters: CacheCounters): InvalidationStatistics {
  const { key, marker, tag } = counters.invalidated
  return {
    keys: key,
    markers: marker,
    tags: tag,
    unconfirmed: counters.unconfirmed,
    elsewhere: counters.invalidatedElsewhere,
    logInterruptions: Object.fromEntries(counters.logInterruptions),
  }
}

function nameOf({ namespace, entry }: EntryCounters): string {
  return `${escape(namespace)}/${escape(entry)}`
}

/** Escapes slashes, so that no two entries share a name. */
function escape(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F')
}

/** Returns the summed counters of each group. */
function sums(
  entries: readonly EntryCounters[],
  groupOf: (counters: EntryCounters) => string,
): Map<string, EntryCounters> {
  const groups = new Map<string, EntryCounters[]>()
  for (const counters of entries) {
    const name = groupOf(counters)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [counters])
    else group.push(counters)
  }
  return new Map(Array.from(groups, ([name, group]) => [name, sumOf(group)]))
}

function sumOf(group: readonly EntryCounters[]): EntryCounters {
  const [first] = group
  if (first !== undefined && group.length === 1) return first
  const sum = new EntryCounters(first?.namespace ?? '', first?.entry ?? '')
  for (const counters of group) sum.add(counters)
  return sum
}

function mapped<From, To>(
  map: ReadonlyMap<string, From>,
  convert: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Array.from(map, ([name, value]) => [name, convert(value)]))
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
