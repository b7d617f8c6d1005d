import type { Clock } from '../clock.js'
import type { LogLines } from './log-lines.js'

/** The parts that a `HealthWatch` needs. */
export interface HealthWatchOptions {
  readonly clock: Clock
  readonly lines: LogLines
  /** Why the cache is degraded; empty when it is not. */
  readonly reasons: () => readonly string[]
}

/** Milliseconds between two checks while the cache is degraded. */
const INTERVAL = 1_000

/**
 * Logs once when the cache becomes degraded, and once when it recovers. Events trigger the first
 * check; while the cache is degraded, it checks regularly, because nothing announces that the last
 * reason has gone.
 */
export class HealthWatch {
  readonly #options: HealthWatchOptions
  #stop: (() => void) | undefined
  #isClosed = false

  constructor(options: HealthWatchOptions) {
    this.#options = options
  }

  /** Starts watching for recovery after an event that is already logged. */
  begin(): void {
    if (this.#isClosed || this.#stop !== undefined) return
    // A line about recovery may still be waiting, and would be written while the cache is degraded.
    this.#options.lines.withdraw('health')
    this.#stop = this.#lookLater()
  }

  /** Checks whether an event has degraded the cache. */
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
