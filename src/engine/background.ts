import type { Clock } from '../clock.js'

/** Why work continues after its caller was answered. A closed set, because it is a metric label. */
export type BackgroundReason =
  | 'refresh'
  | 'store'
  | 'late-load'
  | 'lease'
  | 'retry'
  | 'replay'
  | 'warmup'
  | 'log'

/**
 * Runs promises that no caller awaits. This is the only place that does so: it observes and counts
 * each promise, `drain` waits for all of them, and a failure never becomes an unhandled rejection.
 */
export class Background {
  readonly #running = new Set<Promise<void>>()
  readonly #onFailure: (reason: BackgroundReason) => void

  constructor(onFailure: (reason: BackgroundReason) => void) {
    this.#onFailure = onFailure
  }

  /** Number of running promises; 0 in an idle program. */
  get size(): number {
    return this.#running.size
  }

  /** Takes over work that has already started. */
  run(reason: BackgroundReason, work: PromiseLike<unknown>): void {
    const observed: Promise<void> = Promise.resolve(work).then(
      () => {
        this.#running.delete(observed)
      },
      () => {
        this.#running.delete(observed)
        this.#onFailure(reason)
      },
    )
    this.#running.add(observed)
  }

  /**
   * Starts work after the callers that are being answered have their answers, so that the work does
   * not delay them. It still starts in the same turn of the event loop, so that its Redis requests
   * share a round trip with those of other work.
   */
  runLater(reason: BackgroundReason, begin: () => PromiseLike<unknown>): void {
    const running = new Promise<unknown>((resolve) => {
      process.nextTick(() => resolve(begin()))
    })
    this.run(reason, running)
  }

  /** Resolves when nothing is running, or after `patience` milliseconds. */
  async drain(clock: Clock, patience: number): Promise<void> {
    let isLate = false
    let cancel = (): void => undefined
    const deadline = new Promise<void>((resolve) => {
      const end = (): void => {
        isLate = true
        resolve()
      }
      cancel = clock.schedule(patience, end, true)
    })
    while (this.#running.size > 0 && !isLate) {
      await Promise.race([Promise.all(this.#running), deadline])
    }
    cancel()
  }
}
