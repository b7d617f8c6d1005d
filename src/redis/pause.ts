import type { Clock } from '../clock.js'

/** A delay that can be woken early. One wait at a time; no timer or promise outlives its wait. */
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
   * Resolves after `delay` milliseconds or when woken; immediately after `end`.
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

  /** Ends the current wait, if any. */
  wake(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  /** Ends the current wait and makes all later ones end immediately. */
  end(): void {
    this.#isOver = true
    this.wake()
  }
}
