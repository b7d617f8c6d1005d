import type { Clock } from '../clock.js'

/** Timers are no finer than this, so what begins more often is caught up for so many milliseconds. */
const FINEST = 10

/** How many loads may begin per second, evenly spread, and who wants to know when the next one may. */
export class Pace {
  readonly #clock: Clock
  readonly #interval: number
  readonly #slack: number
  readonly #waiting = new Set<() => void>()
  #next: number
  #cancel: (() => void) | undefined

  /** @param rate loads per second, above 0 */
  constructor(clock: Clock, rate: number) {
    this.#clock = clock
    this.#interval = 1_000 / rate
    this.#slack = Math.max(0, FINEST - this.#interval)
    this.#next = clock.now()
  }

  /** Whether the next load may begin now. */
  get isDue(): boolean {
    return this.#clock.now() >= this.#next
  }

  take(): void {
    this.#next = Math.max(this.#next, this.#clock.now() - this.#slack) + this.#interval
    this.#arm()
  }

  /** What was taken needed no load. */
  giveBack(): void {
    this.#next -= this.#interval
    this.#arm()
  }

  /** Has `tell` called whenever the next load may begin, until the returned function is called. */
  subscribe(tell: () => void): () => void {
    this.#waiting.add(tell)
    this.#arm()
    return () => {
      this.#waiting.delete(tell)
      this.#arm()
    }
  }

  /** Nobody is told of what is due already: whoever comes then looks for itself. */
  #arm(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#waiting.size === 0 || this.isDue) return
    const turn = (): void => {
      // Timers take whole milliseconds, so this may be a little early.
      if (!this.isDue) return this.#arm()
      this.#cancel = undefined
      for (const tell of this.#waiting) tell()
    }
    this.#cancel = this.#clock.schedule(this.#next - this.#clock.now(), turn, true)
  }
}
