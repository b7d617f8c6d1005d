import type { Clock } from '../clock.js'

/** Consecutive failures that open the breaker. */
const FAILURES = 5
/** Milliseconds of failures without an answer that open it too, where there are few calls. */
const FAILING_FOR = 500
/** It is flapping when it opens within this many milliseconds of the previous time. */
const FLAPPING = 5_000
/** Consecutive quick answers that close it while it is flapping. */
const STREAK = 3
/** An answer within this many milliseconds is quick. */
const QUICK = 50

/** Milliseconds between two probes while the breaker is open: fewer than seven a second. */
export const PROBE_EVERY = 150

/**
 * A circuit breaker. It opens after five consecutive failures, or after half a second of nothing
 * but failures; one answer closes it. When it opens again within five seconds, it takes three quick
 * answers in a row to close it, so callers do not wait for a server that answers every other call.
 *
 * Not cockatiel, the usual library for this: it takes its time from `Date.now`, so a wall clock
 * that is set back an hour would keep the breaker open for an hour.
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

  /** Records that the server did not answer in time. */
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

  /** Records an answer, even an error, that took `elapsed` milliseconds. */
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
