import { CacheConfigurationError } from './errors.js'
import { metricName, MetricsSource } from './observability/metrics-source.js'
import { type MetricsSources, PulledMetric, pulledMetrics } from './observability/pulled-metric.js'
import type { CacheStatistics } from './observability/statistics.js'

/** What is needed of a `Registry` of prom-client. */
export interface MetricsRegistry {
  registerMetric(metric: CollectedMetric): void
  getSingleMetric(name: string): unknown
}

/** What such a registry needs of a metric. */
export interface CollectedMetric {
  get(): Promise<object>
  reset(): void
}

export interface MetricsOptions {
  /** The label `cache`: what tells several caches in one registry apart. @default the cache's prefix */
  readonly name?: string | undefined
  /**
   * How many series the cache may have, all its metrics together. An entry has some thirty. Entries
   * for which there is no room share the series of `namespace="other", entry="other"`.
   *
   * @default 1000
   */
  readonly maxSeries?: number | undefined
}

/** Most series of one cache, unless it is said otherwise. */
const MAX_SERIES = 1_000

/**
 * Has a registry of prom-client collect what a cache counts. Nothing is done until it collects. The
 * labels are the names of caches, namespaces and entries, and words of closed lists; never a key, an
 * argument, a tag or a message.
 *
 * @returns what ends it: the cache is not collected any more
 * @throws CacheConfigurationError when the registry collects a cache of that name already
 *
 * @example
 * collectMetrics(cache, register)
 * response.end(await register.metrics())
 */
export function collectMetrics(
  cache: { stats(): CacheStatistics },
  registry: MetricsRegistry,
  options: MetricsOptions = {},
): () => void {
  const { name = cache.stats().cache, maxSeries = MAX_SERIES } = options
  const source = new MetricsSource(name, maxSeries, () => cache.stats())
  const sources = sourcesOf(registry)
  if (sources.has(name)) {
    throw new CacheConfigurationError('name', 'one that no other cache in the registry has', name)
  }
  sources.set(name, source)
  return () => {
    if (sources.get(name) === source) sources.delete(name)
  }
}

/** The caches of a registry are found again by the metrics that it has. */
function sourcesOf(registry: MetricsRegistry): MetricsSources {
  const present = registry.getSingleMetric(metricName('calls_total'))
  if (present instanceof PulledMetric) return present.sources
  const sources: MetricsSources = new Map()
  for (const metric of pulledMetrics(sources)) registry.registerMetric(metric)
  return sources
}
