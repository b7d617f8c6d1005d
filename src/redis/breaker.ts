import type { Clock } from '../clock.js'

/** Failures in a row that open it. */
const FAILURES = 5
/** Failing for so long without one answer opens it too, where calls are few. Milliseconds. */
const FAILING_FOR = 500
/** An opening within so many milliseconds of the one before is flapping. */
const FLAPPING = 5_000
/** Quick answers in a row that close it when it is flapping. */
const STREAK = 3
/** What counts as a quick answer. Milliseconds. */
const QUICK = 50

/** Milliseconds between two probes while it is open: less than seven a second. */
export const PROBE_EVERY = 150

/**
 * Says whether a server is worth waiting for. It opens after five failures in a row, or after half a
 * second of failures alone; one answer closes it. If that was too early, and it opens again within
 * five seconds, it takes three quick answers in a row: a server that answers every other call in time
 * does not have its callers wait for the rest.
 *
 * Our own and not cockatiel's, which is the field's: cockatiel takes its time from `Date.now`, so a
 * wall clock that is set back an hour would hold it open for an hour.
 */
export class Breaker {
  readonly #clock: Clock
  readonly #onChange: (isOpen: boolean) => void
  #isOpen = false
  #openedAt = Number.NEGATIVE_INFINITY
  #failures = 0
  #failingSince = 0
  #streak = 0
  #required = 1

  constructor(clock: Clock, onChange: (isOpen: boolean) => void) {
    this.#clock = clock
    this.#onChange = onChange
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The server did not answer in time. */
  failed(): void {
    const now = this.#clock.now()
    this.#streak = 0
    if (this.#isOpen) return
    if (this.#failures === 0) this.#failingSince = now
    this.#failures += 1
    if (this.#failures < FAILURES && now - this.#failingSince < FAILING_FOR) return
    this.#required = now - this.#openedAt < FLAPPING ? STREAK : 1
    this.#openedAt = now
    this.#change(true)
  }

  /** The server answered, be it with an error, after `elapsed` milliseconds. */
  answered(elapsed: number): void {
    this.#failures = 0
    if (!this.#isOpen) return
    this.#streak = elapsed <= QUICK || this.#required === 1 ? this.#streak + 1 : 0
    if (this.#streak >= this.#required) this.#change(false)
  }

  #change(isOpen: boolean): void {
    this.#isOpen = isOpen
    this.#failures = 0
    this.#streak = 0
    this.#onChange(isOpen)
  }
}
