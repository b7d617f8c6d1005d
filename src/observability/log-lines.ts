import type { Clock } from '../clock.js'
import type { CacheLogger } from './logger.js'
import { tell } from './tell.js'

export type LogLevel = 'info' | 'warn'

export interface LogLinesOptions {
  readonly logger: CacheLogger | undefined
  readonly clock: Clock
  /** Called when the logger throws. */
  readonly onFailure: () => void
}

/** What is known of one cause of lines. */
interface Cause {
  /** Until when nothing more is written of it. */
  quietUntil: number
  /** Lines that were not written since the last one that was. */
  withheld: number
}

/** Milliseconds between two lines of one cause. */
const QUIET = 10_000
/** Causes remembered. They are made of names that the code gives, so more of them would be a mistake. */
const MOST_CAUSES = 1_000

/** Writes lines to the user's logger: at most one in ten seconds of each cause. */
export class LogLines {
  readonly #options: LogLinesOptions
  readonly #causes = new Map<string, Cause>()
  /** By topic: what ends the wait of a line about a state. */
  readonly #waiting = new Map<string, () => void>()
  #isClosed = false

  constructor(options: LogLinesOptions) {
    this.#options = options
  }

  /** Whether a line of this cause may be written now; if not, it is counted as withheld. */
  mayWrite(name: string): boolean {
    const now = this.#options.clock.now()
    const cause = this.#causes.get(name)
    if (cause !== undefined && now < cause.quietUntil) {
      cause.withheld++
      return false
    }
    if (cause === undefined && this.#causes.size >= MOST_CAUSES) this.#forgetQuiet(now)
    return cause !== undefined || this.#causes.size < MOST_CAUSES
  }

  /** Writes a line; whoever calls has asked `mayWrite`. */
  write(level: LogLevel, name: string, message: string): void {
    const withheld = this.#causes.get(name)?.withheld ?? 0
    this.#causes.set(name, { quietUntil: this.#options.clock.now() + QUIET, withheld: 0 })
    const { logger, onFailure } = this.#options
    const more = withheld === 0 ? '' : ` (${withheld} more like it since the last line)`
    tell(() => logger?.[level](`cachewright: ${message}${more}`), onFailure)
  }

  /**
   * Writes a line about the state of something. One that comes too soon after another of its cause is
   * not lost: unless a newer one of the same topic takes its place, it is written when it may be. So
   * the last line about a topic says how it stands, however often that changes.
   */
  writeState(level: LogLevel, topic: string, state: string, message: string): void {
    const name = `${topic} ${state}`
    this.withdraw(topic)
    if (this.mayWrite(name)) {
      this.write(level, name, message)
      return
    }
    const { clock } = this.#options
    const cause = this.#causes.get(name)
    if (cause === undefined || this.#isClosed) return
    const cancel = clock.schedule(cause.quietUntil - clock.now(), () => {
      this.#waiting.delete(topic)
      // The line itself is one of those that were withheld.
      cause.withheld--
      this.write(level, name, message)
    })
    this.#waiting.set(topic, cancel)
  }

  /** Drops a line about a topic that still waits: it is not so any more. */
  withdraw(topic: string): void {
    this.#waiting.get(topic)?.()
    this.#waiting.delete(topic)
  }

  /** Drops the lines that still wait; from now on none waits. */
  close(): void {
    this.#isClosed = true
    for (const cancel of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }

  #forgetQuiet(now: number): void {
    for (const [name, cause] of this.#causes) if (now >= cause.quietUntil) this.#causes.delete(name)
  }
}
