import type { Clock } from '../clock.js'
import type { CacheLogger } from './logger.js'
import { tell } from './tell.js'

/** The levels at which lines are written. */
export type LogLevel = 'info' | 'warn'

/** The parts that `LogLines` needs. */
export interface LogLinesOptions {
  readonly logger: CacheLogger | undefined
  readonly clock: Clock
  /** Called when the logger throws. */
  readonly onFailure: () => void
}

/** The state of one cause of log lines. */
interface Cause {
  /** Instant until which no further line of the cause is written. */
  quietUntil: number
  /** Lines withheld since the last one that was written. */
  withheld: number
}

/** Milliseconds between two lines of the same cause. */
const QUIET = 10_000
/**
 * Maximum number of causes. They consist of names in the code, so more of them would be a mistake.
 */
const MOST_CAUSES = 1_000

/** Writes lines to the user's logger: at most one per cause in ten seconds. */
export class LogLines {
  readonly #options: LogLinesOptions
  readonly #causes = new Map<string, Cause>()
  /** Functions that cancel the waiting line of a topic, by topic. */
  readonly #waiting = new Map<string, () => void>()
  #isClosed = false

  constructor(options: LogLinesOptions) {
    this.#options = options
  }

  /** Whether a line of this cause may be written now. If not, counts it as withheld. */
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

  /** Writes a line. Call `mayWrite` first. */
  write(level: LogLevel, name: string, message: string): void {
    const withheld = this.#causes.get(name)?.withheld ?? 0
    this.#causes.set(name, { quietUntil: this.#options.clock.now() + QUIET, withheld: 0 })
    const { logger, onFailure } = this.#options
    const more = withheld === 0 ? '' : ` (${withheld} more like it since the last line)`
    tell(() => logger?.[level](`cachewright: ${message}${more}`), onFailure)
  }

  /**
   * Writes a line about the state of a topic. A line that comes too soon after another of its cause
   * is written later, unless a newer line of the topic replaces it. So the last line about a topic
   * always gives its current state, however often that changes.
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
      // The line itself was counted as withheld.
      cause.withheld--
      this.write(level, name, message)
    })
    this.#waiting.set(topic, cancel)
  }

  /** Drops the waiting line of a topic, which is no longer true. */
  withdraw(topic: string): void {
    this.#waiting.get(topic)?.()
    this.#waiting.delete(topic)
  }

  /** Drops all waiting lines, and lets no line wait from now on. */
  close(): void {
    this.#isClosed = true
    for (const cancel of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }

  #forgetQuiet(now: number): void {
    for (const [name, cause] of this.#causes) if (now >= cause.quietUntil) this.#causes.delete(name)
  }
}
