/** The labels of a series, by name. */
export type Labels = Readonly<Record<string, string>>

/** One value of a metric. The suffix says which part of a histogram it is. */
export interface Sample {
  readonly suffix: '' | '_bucket' | '_sum' | '_count'
  readonly labels: Labels
  readonly value: number
}

/**
 * Samples that either all have their own series or all share those of `other`. Their number never
 * changes.
 */
export interface SampleGroup {
  readonly labels: Labels
  readonly samples: readonly Sample[]
}

/** One Prometheus metric: its name, and how to read its samples from statistics. */
export interface MetricFamily<Statistics> {
  /** The name without the common prefix. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** How values of the processes of a `node:cluster` are combined. */
  readonly aggregator: 'sum' | 'min' | 'max'
  /** Maximum number of series per source. */
  readonly most: number
  groupsOf(statistics: Statistics): readonly SampleGroup[]
}

/** Returns the sample of a metric without labels of its own. */
export function single(value: number): SampleGroup[] {
  return [{ labels: {}, samples: [{ suffix: '', labels: {}, value }] }]
}

/** Returns the sample of a count; none while the count is zero. */
export function counted(value: number): SampleGroup[] {
  return value === 0 ? [] : single(value)
}

/** Returns counts by one label, as one group each. */
export function countedBy(
  label: string,
  counts: Readonly<Partial<Record<string, number>>>,
): SampleGroup[] {
  return Object.entries(counts).flatMap(([name, value = 0]) =>
    counted(value).map(({ samples }) => ({ labels: { [label]: name }, samples })),
  )
}
