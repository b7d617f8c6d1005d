import { CACHE_METRICS } from './cache-metrics.js'
import { ENTRY_METRICS } from './entry-metrics.js'
import type { MetricFamily } from './metric-family.js'
import { type MetricsSource, metricName, type MetricValue } from './metrics-source.js'

/** The caches that one registry collects, by name. */
export type MetricsSources = Map<string, MetricsSource>

/**
 * A metric whose values are read when a registry collects it. Has the interface that prom-client's
 * registry expects. prom-client's own metrics have to be updated at every change, and the values of
 * its histograms cannot be set.
 */
export class PulledMetric {
  /** Not `readonly`, because a registry for OpenMetrics strips `_total` from it. */
  name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly aggregator: 'sum' | 'min' | 'max'
  readonly sources: MetricsSources
  readonly #valuesOf: (source: MetricsSource) => MetricValue[]

  constructor(
    family: MetricFamily<never>,
    sources: MetricsSources,
    valuesOf: (source: MetricsSource) => MetricValue[],
  ) {
    this.name = metricName(family.name)
    this.help = family.help
    this.type = family.type
    this.aggregator = family.aggregator
    this.sources = sources
    this.#valuesOf = valuesOf
  }

  /** Returns the current values, as a promise because the registry expects one. */
  async get(): Promise<PulledValues> {
    const { name, help, type, aggregator } = this
    const values = Array.from(this.sources.values(), this.#valuesOf).flat()
    return { name, help, type, aggregator, values }
  }

  /** Does nothing: a registry must not reset the counters of a cache. */
  reset(): void {}
}

/** The values of a metric, as prom-client represents them. */
export interface PulledValues {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly aggregator: string
  readonly values: readonly MetricValue[]
}

/** Returns all metrics of the caches in `sources`. */
export function pulledMetrics(sources: MetricsSources): PulledMetric[] {
  return [
    ...ENTRY_METRICS.map(
      (family) => new PulledMetric(family, sources, (source) => source.ofEntries(family)),
    ),
    ...CACHE_METRICS.map(
      (family) => new PulledMetric(family, sources, (source) => source.ofCache(family)),
    ),
  ]
}
