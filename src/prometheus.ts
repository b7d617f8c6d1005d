import { CacheConfigurationError } from './errors.js'
import { metricName, MetricsSource } from './observability/metrics-source.js'
import { type MetricsSources, PulledMetric, pulledMetrics } from './observability/pulled-metric.js'
import type { CacheStatistics } from './observability/statistics.js'

/** The part of prom-client's `Registry` that is used. */
export interface MetricsRegistry {
  registerMetric(metric: CollectedMetric): void
  getSingleMetric(name: string): unknown
}

/** The part of a metric that prom-client's registry uses. */
export interface CollectedMetric {
  get(): Promise<object>
  reset(): void
}

/** The options of `collectMetrics`. */
export interface MetricsOptions {
  /**
   * Value of the label `cache`, which tells the caches in one registry apart.
   *
   * @default the cache's prefix
   */
  readonly name?: string | undefined
  /**
   * Maximum number of series for all metrics of the cache together. An entry has about thirty.
   * Entries beyond the limit share the series of `namespace="other", entry="other"`.
   *
   * @default 1000
   */
  readonly maxSeries?: number | undefined
}

/** Default maximum number of series of one cache. */
const MAX_SERIES = 1_000

/**
 * Registers the metrics of a cache with a prom-client registry. Costs nothing until the registry
 * collects. Labels are the names of caches, namespaces and entries, and words from fixed sets;
 * never a key, an argument, a tag or a message.
 *
 * @returns a function that stops the collection of this cache
 * @throws CacheConfigurationError when the registry already collects a cache of that name
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
    throw new CacheConfigurationError(
      'name',
      'a name that no other cache in the registry has',
      name,
    )
  }
  sources.set(name, source)
  return () => {
    if (sources.get(name) === source) sources.delete(name)
  }
}

/** Returns the sources that the registry's metrics read, registering the metrics the first time. */
function sourcesOf(registry: MetricsRegistry): MetricsSources {
  const present = registry.getSingleMetric(metricName('calls_total'))
  if (present instanceof PulledMetric) return present.sources
  const sources: MetricsSources = new Map()
  for (const metric of pulledMetrics(sources)) registry.registerMetric(metric)
  return sources
}
