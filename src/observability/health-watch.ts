import type { Clock } from '../clock.js'
import type { LogLines } from './log-lines.js'

export interface HealthWatchOptions {
  readonly clock: Clock
  readonly lines: LogLines
  /** Why the cache does not work as it should; empty when it does. */
  readonly reasons: () => readonly string[]
}

/** Milliseconds between two looks, while the cache is degraded. */
const INTERVAL = 1_000

/**
 * Says once that the cache works less well than it should, and once that it does again. It is told
 * of what can make it so; only while it is so does it look for itself whether it still is, since
 * nothing announces that the last reason has gone.
 */
export class HealthWatch {
  readonly #options: HealthWatchOptions
  #stop: (() => void) | undefined
  #isClosed = false

  constructor(options: HealthWatchOptions) {
    this.#options = options
  }

  /** Something happened of which a line was written already: what is missing is the end of it. */
  begin(): void {
    if (this.#isClosed || this.#stop !== undefined) return
    // That everything works may still wait to be said, and would be said when it does not.
    this.#options.lines.withdraw('health')
    this.#stop = this.#lookLater()
  }

  /** Something happened that may have degraded the cache. */
  look(): void {
    if (this.#stop !== undefined || this.#isClosed) return
    const { lines, reasons } = this.#options
    const found = reasons()
    if (found.length === 0) return
    this.begin()
    lines.writeState('warn', 'health', 'degraded', `degraded: ${found.join('; ')}`)
  }

  close(): void {
    this.#isClosed = true
    this.#stop?.()
    this.#stop = undefined
  }

  #lookLater(): () => void {
    return this.#options.clock.schedule(INTERVAL, () => {
      const { lines, reasons } = this.#options
      if (reasons().length > 0) {
        this.#stop = this.#lookLater()
        return
      }
      this.#stop = undefined
      lines.writeState('info', 'health', 'up', 'everything works again')
    })
  }
}
