import type { Clock } from '../clock.js'

/** Waits, one wait at a time, and can be woken. Keeps no timer and no promise longer than the wait. */
export class Pause {
  readonly #clock: Clock
  #wake: (() => void) | undefined
  #isOver = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether `end` was called. */
  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * Resolves after `delay` milliseconds, or when woken; at once after `end`.
   *
   * @param isAwaited see `Clock.schedule`
   */
  wait(delay: number, isAwaited = false): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(delay, () => this.wake(), isAwaited)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }

  /** Ends the wait that is under way, if any. */
  wake(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  /** Ends this wait and all later ones. */
  end(): void {
    this.#isOver = true
    this.wake()
  }
}
