import type { MissReason } from '../engine/miss-reasons.js'
import type { DurationStatistics } from './duration-histogram.js'
import { counted, countedBy, type MetricFamily, type Sample, single } from './metric-family.js'
import type { EntryStatistics } from './statistics.js'

/** Every reason for a miss. A complete list, so that the number of series is known in advance. */
const REASONS: Readonly<Record<MissReason, true>> = {
  cold: true,
  expired: true,
  capacity: true,
  evicted: true,
  'namespace-cleared': true,
  'entry-cleared': true,
  'scope-cleared': true,
  'tag-invalidated': true,
  'log-interrupted': true,
  unreadable: true,
  quarantined: true,
  'redis-unavailable': true,
  'not-stored': true,
  'load-failed': true,
}

/** The reasons for a miss, which are the values of the label `reason`. */
export const MISS_REASONS = Object.keys(REASONS)

/** Series of one histogram: its bounds, `+Inf`, sum and count. */
const HISTOGRAM_SERIES = 17

/**
 * The metrics of every entry, most important first: when there is no room for all series, the last
 * ones are the first to be shared.
 */
export const ENTRY_METRICS: readonly MetricFamily<EntryStatistics>[] = [
  {
    name: 'calls_total',
    help: 'Calls that have ended, by result.',
    type: 'counter',
    aggregator: 'sum',
    most: 6,
    groupsOf: (entry) => [
      {
        labels: {},
        samples: [
          result('memory_hit', entry.memoryHits),
          result('redis_hit', entry.redisHits),
          result('miss', entry.misses),
          result('stale', entry.stale),
          result('bypass', entry.bypassed),
          result('error', entry.errors),
        ],
      },
    ],
  },
  counter('load_failures_total', 'Runs of methods that failed.', (entry) => entry.loadFailures),
  gauge('memory_items', 'Values in memory.', (entry) => entry.memoryItems),
  gauge('memory_bytes', 'Estimated bytes in memory.', (entry) => entry.memoryBytes),
  counter(
    'capacity_evictions_total',
    'Values removed from memory for lack of room.',
    (entry) => entry.capacityEvictions,
  ),
  {
    name: 'misses_total',
    help: 'Calls that were misses, by reason.',
    type: 'counter',
    aggregator: 'sum',
    most: MISS_REASONS.length,
    groupsOf: (entry) => countedBy('reason', entry.missReasons),
  },
  counter(
    'coalesced_calls_total',
    'Calls that waited for a load that another call had started.',
    (entry) => entry.coalesced,
  ),
  counter(
    'refreshes_total',
    'Loads started in the background or by refresh.',
    (entry) => entry.refreshes,
  ),
  counter(
    'fenced_stores_total',
    'Results not stored because they were invalidated while they loaded.',
    (entry) => entry.fencedStores,
  ),
  counter(
    'refused_values_total',
    'Results not stored because they are too large or cannot be copied.',
    (entry) => entry.refusedValues,
  ),
  counter('stored_bytes_total', 'Bytes sent to Redis for storing.', (entry) => entry.storedBytes),
  {
    name: 'load_duration_seconds',
    help: 'How long methods ran.',
    type: 'histogram',
    aggregator: 'sum',
    most: HISTOGRAM_SERIES,
    groupsOf: ({ loadTime }) =>
      loadTime.count === 0 ? [] : [{ labels: {}, samples: histogramOf(loadTime) }],
  },
]

type Count = (entry: EntryStatistics) => number

function counter(name: string, help: string, count: Count): MetricFamily<EntryStatistics> {
  const groupsOf = (entry: EntryStatistics) => counted(count(entry))
  return { name, help, type: 'counter', aggregator: 'sum', most: 1, groupsOf }
}

function gauge(name: string, help: string, count: Count): MetricFamily<EntryStatistics> {
  const groupsOf = (entry: EntryStatistics) => single(count(entry))
  return { name, help, type: 'gauge', aggregator: 'sum', most: 1, groupsOf }
}

function result(name: string, value: number): Sample {
  return { suffix: '', labels: { result: name }, value }
}

function histogramOf({ atMost, count, sum }: DurationStatistics): Sample[] {
  const buckets = atMost.map(([milliseconds, within]) => bucket(milliseconds / 1_000, within))
  return [
    ...buckets,
    { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
    { suffix: '_sum', labels: {}, value: sum / 1_000 },
    { suffix: '_count', labels: {}, value: count },
  ]
}

function bucket(seconds: number, value: number): Sample {
  return { suffix: '_bucket', labels: { le: String(seconds) }, value }
}
