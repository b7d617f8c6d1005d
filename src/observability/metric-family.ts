export type Labels = Readonly<Record<string, string>>

/** One number. What it is of a histogram says the suffix of its name. */
export interface Sample {
  readonly suffix: '' | '_bucket' | '_sum' | '_count'
  readonly labels: Labels
  readonly value: number
}

/** Samples that have a series each or share those of `other`, all of them. Their number never changes. */
export interface SampleGroup {
  readonly labels: Labels
  readonly samples: readonly Sample[]
}

/** One metric of Prometheus: its name, and how its samples are read off statistics. */
export interface MetricFamily<Statistics> {
  /** Without what the names of all begin with. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** How the values of several processes become one, in a `node:cluster`. */
  readonly aggregator: 'sum' | 'min' | 'max'
  /** How many series one source has at most. */
  readonly most: number
  groupsOf(statistics: Statistics): readonly SampleGroup[]
}

/** The sample of a metric without labels of its own. */
export function single(value: number): SampleGroup[] {
  return [{ labels: {}, samples: [{ suffix: '', labels: {}, value }] }]
}

/** A count, which has no series before it is more than zero. */
export function counted(value: number): SampleGroup[] {
  return value === 0 ? [] : single(value)
}

/** Counts by one label, each of which stands for itself. */
export function countedBy(
  label: string,
  counts: Readonly<Partial<Record<string, number>>>,
): SampleGroup[] {
  return Object.entries(counts).flatMap(([name, value = 0]) =>
    counted(value).map(({ samples }) => ({ labels: { [label]: name }, samples })),
  )
}
