import type { DurationStatistics } from './duration-histogram.js'
import { counted, countedBy, type MetricFamily, type SampleGroup, single } from './metric-family.js'
import type { CacheStatistics } from './statistics.js'

/** The metrics of a cache as a whole. */
export const CACHE_METRICS: readonly MetricFamily<CacheStatistics>[] = [
  {
    name: 'hit_duration_seconds',
    help: 'Percentiles of the duration of hits since the start. One in 64 memory hits is timed.',
    type: 'gauge',
    aggregator: 'max',
    most: 6,
    groupsOf: ({ total }) => [
      ...quantilesOf('memory', total.memoryHitTime),
      ...quantilesOf('redis', total.redisHitTime),
    ],
  },
  gauge('memory_limit_items', 'Maximum number of values in memory.', 'sum', ({ memory }) =>
    single(memory.maxItems),
  ),
  gauge('memory_limit_bytes', 'Maximum number of bytes in memory.', 'sum', ({ memory }) =>
    single(memory.maxBytes),
  ),
  gauge('redis_up', 'Whether Redis accepts commands.', 'min', ({ redis }) =>
    redis === undefined ? [] : single(redis.isReady ? 1 : 0),
  ),
  gauge(
    'invalidation_log_lag_seconds',
    'Time since the invalidation log was last proven complete.',
    'max',
    ({ redis }) => (redis === undefined ? [] : single(redis.logLag / 1_000)),
  ),
  gauge(
    'unconfirmed_invalidations',
    'Invalidations that Redis has not confirmed yet. They are retried.',
    'sum',
    ({ redis }) => (redis === undefined ? [] : single(redis.unconfirmedInvalidations)),
  ),
  counter(
    'invalidations_total',
    'Targets that this process invalidated.',
    3,
    ({ invalidations }) => {
      const { keys, markers, tags } = invalidations
      return countedBy('kind', { key: keys, marker: markers, tag: tags })
    },
  ),
  counter(
    'invalidations_elsewhere_total',
    'Targets that other processes invalidated.',
    1,
    ({ invalidations }) => counted(invalidations.elsewhere),
  ),
  counter(
    'invalidation_log_interruptions_total',
    'Interruptions of the invalidation log, at which memory was dropped.',
    4,
    ({ invalidations }) => countedBy('reason', invalidations.logInterruptions),
  ),
  gauge(
    'background_tasks',
    'Refreshes, stores and other background tasks that run now.',
    'sum',
    (statistics) => single(statistics.background.running),
  ),
  counter('background_failures_total', 'Background tasks that failed.', 8, ({ background }) =>
    countedBy('task', background.failures),
  ),
  counter(
    'warnings_total',
    'Warnings, including repeated ones that were not logged.',
    7,
    ({ warnings }) => countedBy('cause', warnings),
  ),
]

type Groups = (statistics: CacheStatistics) => SampleGroup[]

function gauge(
  name: string,
  help: string,
  aggregator: 'sum' | 'min' | 'max',
  groupsOf: Groups,
): MetricFamily<CacheStatistics> {
  return { name, help, type: 'gauge', aggregator, most: 1, groupsOf }
}

function counter(
  name: string,
  help: string,
  most: number,
  groupsOf: Groups,
): MetricFamily<CacheStatistics> {
  return { name, help, type: 'counter', aggregator: 'sum', most, groupsOf }
}

function quantilesOf(tier: string, time: DurationStatistics): SampleGroup[] {
  if (time.count === 0) return []
  const quantile = (name: string, milliseconds: number) => ({
    suffix: '' as const,
    labels: { tier, quantile: name },
    value: milliseconds / 1_000,
  })
  const samples = [
    quantile('0.5', time.p50),
    quantile('0.95', time.p95),
    quantile('0.99', time.p99),
  ]
  return [{ labels: {}, samples }]
}
