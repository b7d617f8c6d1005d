/** Statistics of measured durations, in milliseconds. */
export interface DurationStatistics {
  /** Number of measurements. If it is 0, so are all other numbers. */
  readonly count: number
  readonly sum: number
  readonly mean: number
  /** Percentiles, accurate to within 5 %. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  /**
   * Number of measurements of at most 1, 2, 4 and so on up to 8192 milliseconds. The counts are
   * cumulative. Empty when `count` is 0.
   */
  readonly atMost: readonly (readonly [milliseconds: number, count: number])[]
}

/** Buckets per doubling, so that neighbouring bounds are 9 % apart. */
const STEPS = 8
/** The buckets reach from 2^-14 ms (61 ns) to 2^18 ms (four minutes). */
const LOWEST_POWER = -14
const HIGHEST_POWER = 18
const BUCKETS = (HIGHEST_POWER - LOWEST_POWER) * STEPS + 1
/** Powers of two of the bounds in `atMost`: from 1 ms to 8.192 s. */
const REPORTED_POWERS = Array.from({ length: 14 }, (_, power) => power)

/**
 * A histogram of durations, in buckets whose bounds grow by a constant factor, as in Gil Tene's
 * HdrHistogram and in DDSketch. The relative error of a percentile is therefore the same at a
 * microsecond and at a minute. The buckets (2 KiB) are allocated at the first measurement, and
 * nothing after that.
 */
export class DurationHistogram {
  #buckets: Float64Array | undefined
  #count = 0
  #sum = 0
  #max = 0

  record(milliseconds: number): void {
    this.#buckets ??= new Float64Array(BUCKETS)
    const index = bucketOf(milliseconds)
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1
    this.#count++
    this.#sum += milliseconds
    if (milliseconds > this.#max) this.#max = milliseconds
  }

  /** Adds the measurements of another histogram. */
  add(other: DurationHistogram): void {
    if (other.#buckets === undefined) return
    const from = other.#buckets
    const into = (this.#buckets ??= new Float64Array(BUCKETS))
    for (let index = 0; index < BUCKETS; index++)
      into[index] = (into[index] ?? 0) + (from[index] ?? 0)
    this.#count += other.#count
    this.#sum += other.#sum
    this.#max = Math.max(this.#max, other.#max)
  }

  statistics(): DurationStatistics {
    return {
      count: this.#count,
      sum: this.#sum,
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      p50: this.#percentile(0.5),
      p95: this.#percentile(0.95),
      p99: this.#percentile(0.99),
      max: this.#max,
      atMost: this.#atMost(),
    }
  }

  /**
   * Returns the geometric middle of the percentile's bucket, which is wrong by half a bucket at
   * most.
   */
  #percentile(fraction: number): number {
    const rank = Math.ceil(fraction * this.#count)
    let seen = 0
    for (let index = 0; index < BUCKETS && this.#count > 0; index++) {
      seen += this.#buckets?.[index] ?? 0
      if (seen >= rank) return Math.min(this.#max, 2 ** (LOWEST_POWER + (index - 0.5) / STEPS))
    }
    return 0
  }

  #atMost(): (readonly [number, number])[] {
    if (this.#count === 0) return []
    let index = 0
    let seen = 0
    return REPORTED_POWERS.map((power) => {
      const last = (power - LOWEST_POWER) * STEPS
      for (; index <= last; index++) seen += this.#buckets?.[index] ?? 0
      return [2 ** power, seen] as const
    })
  }
}

/**
 * Returns the bucket of a duration. Bucket i holds durations above the bound of bucket i - 1 and up
 * to 2^(i / STEPS) times the lowest bound.
 */
function bucketOf(milliseconds: number): number {
  // A clock of the user's own may yield zero, negative numbers or NaN.
  if (!(milliseconds > 0)) return 0
  const index = Math.ceil((Math.log2(milliseconds) - LOWEST_POWER) * STEPS)
  return Math.min(Math.max(index, 0), BUCKETS - 1)
}
