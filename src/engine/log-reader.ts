import { sleep, type Clock } from '../clock.js'
import type { InvalidationLog, LogMessage, LogPosition } from '../tiers/shared-store.js'

/** How far this process can be sure to have heard of every invalidation. */
export interface LogProof {
  /** Everything acknowledged before this moment was heard. Milliseconds of the clock. */
  readonly provenAt: number
}

/** Without Redis there is nobody else to hear from. */
export const alwaysProven: LogProof = { provenAt: Number.POSITIVE_INFINITY }

export interface LogReaderOptions {
  readonly log: InvalidationLog
  readonly clock: Clock
  /** Where the jitter between two tries comes from: 0 up to, not including, 1. */
  readonly random: () => number
  /** This process' name in messages; its own are skipped, since it acted on them when it issued them. */
  readonly origin: string
  readonly onInvalidated: (names: readonly string[]) => void
  /** What was missed cannot be known: everything kept in memory must go. */
  readonly onGap: (reason: LogGap) => void
}

export type LogGap = 'attached' | 'lost-tail' | 'missed-message' | 'unreadable-message'

/** Milliseconds that one blocking read waits: with its tail check, four commands per second at rest. */
const BLOCK = 500
/** Messages per read. */
const LOG_BATCH = 1_000
/** Milliseconds before the next try after a failure. */
const PAUSE = 100

/**
 * Follows the log of invalidations and knows how far it can be trusted.
 *
 * Messages are a chain: each names the one before it, by random token. A reader that consumed the
 * message the tail names has missed nothing, whatever happened in between: a trimmed stream, a
 * FLUSHALL, a failover that lost messages and went on with others all break the chain. Positions in
 * the stream alone would go blind when ids start again below the last one seen.
 */
export class LogReader implements LogProof {
  provenAt = Number.NEGATIVE_INFINITY
  readonly #options: LogReaderOptions
  readonly #waiting = new Set<() => void>()
  #position: LogPosition | undefined
  #closed = false

  constructor(options: LogReaderOptions) {
    this.#options = options
  }

  /** Runs until `close`. Never rejects. */
  async run(): Promise<void> {
    const { clock, log, random } = this.#options
    while (!this.#closed) {
      try {
        await this.#step()
      } catch {
        if (this.#closed) return
        log.reconnect()
        await sleep(clock, PAUSE * (0.5 + random()))
      }
    }
  }

  /** Calls `listener` once the log is followed, at once if it is; returns what takes that back. */
  whenProven(listener: () => void): () => void {
    if (this.provenAt === Number.NEGATIVE_INFINITY) this.#waiting.add(listener)
    else listener()
    return () => this.#waiting.delete(listener)
  }

  close(): void {
    this.#closed = true
    this.provenAt = Number.NEGATIVE_INFINITY
    this.#waiting.clear()
    this.#options.log.close()
  }

  async #step(): Promise<void> {
    const { clock, log } = this.#options
    const sentAt = clock.now()
    const position = this.#position
    if (position === undefined) {
      const attached = await log.attach()
      this.#drop('attached')
      this.#position = attached
      this.#prove(sentAt)
      return
    }
    // The tail is asked for first: what it names was published before the blocking read began.
    const tail = log.tail()
    const reading = log.readAfter(position.id, BLOCK)
    reading.catch(() => undefined)
    const newest = await tail
    if (newest === position.tail) this.#prove(sentAt)
    const messages = await reading
    if (!this.#consume(messages) || newest === position.tail) return
    if (messages.some((message) => message.token === newest)) this.#prove(sentAt)
    else if (messages.length < LOG_BATCH)
      this.#lose(newest === undefined ? 'lost-tail' : 'missed-message')
  }

  /** Applies messages in order; false when the chain is broken. */
  #consume(messages: readonly LogMessage[]): boolean {
    for (const message of messages) {
      if (message.previous !== this.#position?.tail) return this.#lose('missed-message')
      if (message.names === undefined) return this.#lose('unreadable-message')
      this.#position = { id: message.id, tail: message.token }
      if (message.origin !== this.#options.origin) this.#options.onInvalidated(message.names)
    }
    return true
  }

  /** What was missed cannot be known. The next step takes a new position first, then drops again. */
  #lose(reason: LogGap): false {
    this.#drop(reason)
    this.#position = undefined
    return false
  }

  #drop(reason: LogGap): void {
    this.provenAt = Number.NEGATIVE_INFINITY
    this.#options.onGap(reason)
  }

  #prove(at: number): void {
    if (this.#closed) return
    this.provenAt = at
    if (this.#waiting.size === 0) return
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const listener of waiting) listener()
  }
}
