import type { WarmupFailure, WarmupOutcome, WarmupSkip, WarmupTaskReport } from './warmup-report.js'

/**
 * Maximum number of distinct failures: a service with an error code per item must not fill memory.
 */
const DISTINCT_FAILURES = 20

/** Counts the outcomes of the items of one task in one run. */
export class Tally {
  readonly #name: string
  readonly #isCritical: boolean
  readonly #skips: Record<WarmupSkip, number> = { fresh: 0, elsewhere: 0, disabled: 0 }
  readonly #failures = new Map<string, { failure: WarmupFailure; count: number }>()
  #warmed = 0
  #failed = 0

  constructor(name: string, isCritical: boolean) {
    this.#name = name
    this.#isCritical = isCritical
  }

  get done(): number {
    const { fresh, elsewhere, disabled } = this.#skips
    return this.#warmed + this.#failed + fresh + elsewhere + disabled
  }

  count(item: WarmupOutcome): void {
    if (item.outcome === 'warmed') this.#warmed++
    else if (item.outcome === 'skipped') this.#skips[item.reason]++
    else this.#fail(item.failure)
  }

  report(isComplete: boolean, duration: number): WarmupTaskReport {
    return {
      name: this.#name,
      isCritical: this.#isCritical,
      isComplete,
      warmed: this.#warmed,
      skipped: this.done - this.#warmed - this.#failed,
      skips: { ...this.#skips },
      failed: this.#failed,
      failures: [...this.#failures.values()].map(({ failure, count }) => ({ ...failure, count })),
      duration,
    }
  }

  #fail(failure: WarmupFailure): void {
    this.#failed++
    const key = JSON.stringify([failure.reason, failure.error, failure.code])
    const known = this.#failures.get(key)
    if (known !== undefined) known.count++
    else if (this.#failures.size < DISTINCT_FAILURES) this.#failures.set(key, { failure, count: 1 })
  }
}
