import type { Clock } from '../clock.js'
import type { WarmupCut } from './warmup-report.js'

/** What may end a run early. */
export interface CutoffOptions {
  readonly clock: Clock
  /** Milliseconds until the run is cut; undefined sets no deadline. */
  readonly deadline: number | undefined
  readonly signal: AbortSignal | undefined
}

/** The early end of a run, by deadline, signal or `stop`. Happens once, or never. */
export class Cutoff {
  readonly #listeners = new Set<(cause: WarmupCut) => void>()
  readonly #signal: AbortSignal | undefined
  readonly #cancelDeadline: (() => void) | undefined
  #cause: WarmupCut | undefined

  constructor({ clock, deadline, signal }: CutoffOptions) {
    this.#signal = signal
    if (deadline !== undefined) {
      this.#cancelDeadline = clock.schedule(deadline, () => this.cut('deadline'), true)
    }
    if (signal?.aborted === true) this.cut('aborted')
    else signal?.addEventListener('abort', this.#abort, { once: true })
  }

  get cause(): WarmupCut | undefined {
    return this.#cause
  }

  cut(cause: WarmupCut): void {
    if (this.#cause !== undefined) return
    this.#cause = cause
    for (const listener of [...this.#listeners]) listener(cause)
    this.close()
  }

  /**
   * Calls `listener` when the run is cut, immediately if it already is. Returns a function that
   * unsubscribes.
   */
  subscribe(listener: (cause: WarmupCut) => void): () => void {
    if (this.#cause !== undefined) listener(this.#cause)
    else this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Removes the timer and all listeners. */
  close(): void {
    this.#cancelDeadline?.()
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#listeners.clear()
  }

  readonly #abort = (): void => this.cut('aborted')
}
