import type { Clock } from '../clock.js'

/** Resolution of timers in milliseconds. A faster pace catches up for this long. */
const FINEST = 10

/**
 * Limits how many loads start per second, evenly spread, and notifies subscribers when the next one
 * is due.
 */
export class Pace {
  readonly #clock: Clock
  readonly #interval: number
  readonly #slack: number
  readonly #waiting = new Set<() => void>()
  #next: number
  #cancel: (() => void) | undefined

  /** @param rate loads per second: above 0 */
  constructor(clock: Clock, rate: number) {
    this.#clock = clock
    this.#interval = 1_000 / rate
    this.#slack = Math.max(0, FINEST - this.#interval)
    this.#next = clock.now()
  }

  /** Whether the next load may start now. */
  get isDue(): boolean {
    return this.#clock.now() >= this.#next
  }

  take(): void {
    this.#next = Math.max(this.#next, this.#clock.now() - this.#slack) + this.#interval
    this.#arm()
  }

  /** Gives back the last turn, because it needed no load. */
  giveBack(): void {
    this.#next -= this.#interval
    this.#arm()
  }

  /** Calls `tell` whenever the next load may start. Returns a function that unsubscribes. */
  subscribe(tell: () => void): () => void {
    this.#waiting.add(tell)
    this.#arm()
    return () => {
      this.#waiting.delete(tell)
      this.#arm()
    }
  }

  /**
   * Sets a timer for the next load, unless it is already due: a subscriber checks `isDue` itself.
   */
  #arm(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#waiting.size === 0 || this.isDue) return
    const turn = (): void => {
      // Timers have a resolution of whole milliseconds, so this may be slightly early.
      if (!this.isDue) return this.#arm()
      this.#cancel = undefined
      for (const tell of this.#waiting) tell()
    }
    this.#cancel = this.#clock.schedule(this.#next - this.#clock.now(), turn, true)
  }
}
