import type { Clock } from '../clock.js'

/** Why work goes on after its caller was answered. A closed set: it is a metric label. */
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
 * The only place where a promise may be left to itself: it is observed, counted, and waited for by
 * `drain`. Nothing that fails here becomes an unhandled rejection.
 */
export class Background {
  readonly #running = new Set<Promise<void>>()
  readonly #onFailure: (reason: BackgroundReason) => void

  constructor(onFailure: (reason: BackgroundReason) => void) {
    this.#onFailure = onFailure
  }

  /** How much runs; a program at rest has none. */
  get size(): number {
    return this.#running.size
  }

  /** Takes over work that has begun. */
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
   * Begins work after the callers that are being answered have got their answer, so that it does not keep
   * them waiting; still in this turn of the event loop, so that its requests to Redis leave with theirs.
   */
  runLater(reason: BackgroundReason, begin: () => PromiseLike<unknown>): void {
    const running = new Promise<unknown>((resolve) => {
      process.nextTick(() => resolve(begin()))
    })
    this.run(reason, running)
  }

  /** Resolves when nothing runs any more, or after `patience` milliseconds. */
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
