import { CACHE_METRICS } from './cache-metrics.js'
import { ENTRY_METRICS } from './entry-metrics.js'
import type { MetricFamily } from './metric-family.js'
import { type MetricsSource, metricName, type MetricValue } from './metrics-source.js'

/** The caches that are collected into one registry. */
export type MetricsSources = Map<string, MetricsSource>

/**
 * A metric whose values are read when somebody collects them. It is what a registry of prom-client
 * takes for a metric; those of prom-client itself have to be told of every change, and their
 * histograms cannot be set at all.
 */
export class PulledMetric {
  /** Not `readonly`: a registry that speaks OpenMetrics takes `_total` off. */
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

  /** A promise, because the registry expects one. */
  async get(): Promise<PulledValues> {
    const { name, help, type, aggregator } = this
    const values = Array.from(this.sources.values(), this.#valuesOf).flat()
    return { name, help, type, aggregator, values }
  }

  /** What a cache has counted is not the registry's to forget. */
  reset(): void {}
}

export interface PulledValues {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly aggregator: string
  readonly values: readonly MetricValue[]
}

/** All that is told of the caches in `sources`. */
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
