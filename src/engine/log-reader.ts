import { sleep, type Clock } from '../clock.js'
import type { InvalidationLog, LogMessage, LogPosition } from '../tiers/shared-store.js'

/** How far this process is known to have received every invalidation. */
export interface LogProof {
  /** All invalidations acknowledged before this time were received. Milliseconds of the clock. */
  readonly provenAt: number
}

/** For a cache without Redis: no other process can invalidate its entries. */
export const alwaysProven: LogProof = { provenAt: Number.POSITIVE_INFINITY }

export interface LogReaderOptions {
  readonly log: InvalidationLog
  readonly clock: Clock
  /** Source of the jitter between retries: at least 0, less than 1. */
  readonly random: () => number
  /**
   * Name of this process in messages. Its own messages are skipped: it has already applied them.
   */
  readonly origin: string
  readonly onInvalidated: (names: readonly string[]) => void
  /** Called when messages may have been missed: everything kept in memory must be dropped. */
  readonly onGap: (reason: LogGap) => void
}

export type LogGap = 'attached' | 'lost-tail' | 'missed-message' | 'unreadable-message'

/**
 * Milliseconds that a blocking read waits. With the tail checks, four commands per second at rest.
 */
const BLOCK = 500
/** Most messages per read. */
const LOG_BATCH = 1_000
/** Milliseconds between a failure and the next try, before jitter. */
const PAUSE = 100

/**
 * Follows the invalidation log and knows how far it can be trusted.
 *
 * Messages form a chain: each one names its predecessor by a random token. A reader that has
 * consumed the message named by the tail has missed nothing, whatever happened in between: a
 * trimmed stream, a FLUSHALL, or a failover that lost messages and continued with others breaks the
 * chain. Stream positions alone would not show a loss when ids restart below the last one seen.
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

  /** Follows the log until `close`. Never rejects. */
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

  /**
   * Calls `listener` once the log is proven, immediately if it already is. Returns a function that
   * unsubscribes the listener.
   */
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
    // Read the tail first: the message it names was published before the blocking read began.
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

  /** Applies messages in order. Returns false when the chain is broken. */
  #consume(messages: readonly LogMessage[]): boolean {
    for (const message of messages) {
      if (message.previous !== this.#position?.tail) return this.#lose('missed-message')
      if (message.names === undefined) return this.#lose('unreadable-message')
      this.#position = { id: message.id, tail: message.token }
      if (message.origin !== this.#options.origin) this.#options.onInvalidated(message.names)
    }
    return true
  }

  /**
   * Drops everything, since missed messages are unknown. The next step attaches, then drops again.
   */
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
