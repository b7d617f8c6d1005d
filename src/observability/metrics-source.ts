import { CacheConfigurationError } from '../errors.js'
import { CACHE_METRICS } from './cache-metrics.js'
import { ENTRY_METRICS } from './entry-metrics.js'
import type { Labels, MetricFamily, SampleGroup } from './metric-family.js'
import { SeriesBudget } from './series-budget.js'
import type { CacheStatistics, EntryStatistics } from './statistics.js'

/** One value of one series, as prom-client represents it. */
export interface MetricValue {
  readonly metricName?: string
  readonly labels: Labels
  readonly value: number
}

/** Label value of the series that entries without their own share. */
const OTHER = 'other'
/** Series that are always reserved: the metrics of the cache, and one set for all other entries. */
const RESERVED = [...CACHE_METRICS, ...ENTRY_METRICS].reduce((sum, { most }) => sum + most, 0)

/** The metrics of one cache. */
export class MetricsSource {
  readonly name: string
  readonly #statistics: () => CacheStatistics
  readonly #budget: SeriesBudget
  #snapshot: CacheStatistics | undefined

  /**
   * @param name the value of the label `cache`
   * @param maxSeries the maximum number of series of all metrics of the cache together
   * @throws CacheConfigurationError when `maxSeries` is less than the series that are always
   *   reserved
   */
  constructor(name: string, maxSeries: number, statistics: () => CacheStatistics) {
    if (!Number.isSafeInteger(maxSeries) || maxSeries < RESERVED) {
      throw new CacheConfigurationError(
        'maxSeries',
        `a whole number of ${RESERVED} or more`,
        maxSeries,
      )
    }
    this.name = name
    this.#statistics = statistics
    this.#budget = new SeriesBudget(maxSeries - RESERVED)
  }

  ofCache(family: MetricFamily<CacheStatistics>): MetricValue[] {
    return this.#valuesOf(family, family.groupsOf(this.#now()), {})
  }

  /** Returns the values by entry; those without their own series are added up. */
  ofEntries(family: MetricFamily<EntryStatistics>): MetricValue[] {
    const others = new Map<string, MetricValue>()
    const own = Object.entries(this.#now().entries).flatMap(([id, entry]) => {
      const { own: groups, shared } = this.#divide(family, id, family.groupsOf(entry))
      for (const value of this.#valuesOf(family, shared, { namespace: OTHER, entry: OTHER })) {
        const series = [value.metricName, ...Object.values(value.labels)].join(' ')
        const sum = (others.get(series)?.value ?? 0) + value.value
        others.set(series, { ...value, value: sum })
      }
      return this.#valuesOf(family, groups, { namespace: entry.namespace, entry: entry.entry })
    })
    return [...own, ...others.values()]
  }

  #divide(
    { name }: MetricFamily<EntryStatistics>,
    id: string,
    groups: readonly SampleGroup[],
  ): { readonly own: SampleGroup[]; readonly shared: SampleGroup[] } {
    const own: SampleGroup[] = []
    const shared: SampleGroup[] = []
    for (const group of groups) {
      const isAdmitted =
        id !== `${OTHER}/${OTHER}` &&
        this.#budget.admits(
          [name, id, ...Object.values(group.labels)].join(' '),
          group.samples.length,
        )
      if (isAdmitted) own.push(group)
      else shared.push(group)
    }
    return { own, shared }
  }

  #valuesOf(
    { name }: { readonly name: string },
    groups: readonly SampleGroup[],
    labels: Labels,
  ): MetricValue[] {
    return groups.flatMap((group) =>
      group.samples.map(({ suffix, labels: last, value }) => ({
        ...(suffix === '' ? {} : { metricName: metricName(name) + suffix }),
        labels: { cache: this.name, ...labels, ...group.labels, ...last },
        value,
      })),
    )
  }

  /**
   * Returns one snapshot for all metrics of a scrape, which are read in one turn of the event loop,
   * so that they are consistent.
   */
  #now(): CacheStatistics {
    if (this.#snapshot === undefined) {
      this.#snapshot = this.#statistics()
      queueMicrotask(() => {
        this.#snapshot = undefined
      })
    }
    return this.#snapshot
  }
}

/** Returns the full name of a metric. */
export function metricName(name: string): string {
  return `cachewright_${name}`
}
