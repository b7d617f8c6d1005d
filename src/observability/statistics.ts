import type { BackgroundReason } from '../engine/background.js'
import type { LogGap } from '../engine/log-reader.js'
import type { MissReason } from '../engine/miss-reasons.js'
import type { Parts } from '../engine/parts.js'
import type { SharedTier } from '../tiers/shared-tier.js'
import type { CacheCounters } from './cache-counters.js'
import type { DurationStatistics } from './duration-histogram.js'
import { EntryCounters } from './entry-counters.js'
import { type RedisState, redisStateOf } from './health.js'
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

export interface StatisticsSources {
  readonly entries: readonly EntryCounters[]
  readonly counters: CacheCounters
  readonly parts: Parts
  readonly tier: SharedTier | undefined
}

/** Counts as they stand now. */
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

/** So that no two entries can have one name. */
function escape(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F')
}

/** The counters of each group, added up. */
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
