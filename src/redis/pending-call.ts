import type { Clock } from '../clock.js'
import { RedisUnavailableError } from '../errors.js'
import type { Breaker } from './breaker.js'
import { fairDeadline } from './fair-deadline.js'
import type { Command } from './command.js'
import { RedisReplyError } from './link.js'
import type { PendingLimit } from './pending-limit.js'
import { commandError } from './redaction.js'
import type { Flush, Session } from './session.js'

export interface PendingCallOptions {
  readonly clock: Clock
  readonly limit: PendingLimit
  readonly breaker: Breaker | undefined
  readonly command: Command
  /** Removes a call from those that wait for a connection; returns whether it was waiting. */
  readonly forget: (call: PendingCall) => boolean
  /** Handles an error reply of Redis, and returns the error for the caller. */
  readonly refused?: ((error: RedisReplyError) => Error) | undefined
}

/** One command, from the call until its reply or its deadline, whichever comes first. */
export class PendingCall {
  readonly reply: Promise<unknown>
  readonly #options: PendingCallOptions
  readonly #begunAt: number
  #cancel: () => void
  #flush: Flush | undefined
  #isLate = false
  #resolve: (reply: unknown) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor(options: PendingCallOptions) {
    const { clock } = options
    const { deadline } = options.command
    this.#options = options
    this.#begunAt = clock.now()
    this.#cancel = fairDeadline(clock, deadline, () => this.#expire())
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Sends the command on an open connection. */
  send(session: Session): void {
    session.send(this.#options.command).then(
      (reply) => {
        this.#settle(true)
        this.#resolve(reply)
      },
      (error: unknown) => this.#refused(commandError(error), session),
    )
    this.#flush = session.flush
  }

  /** Fails the call, because there will be no connection in time. */
  fail(reason: string): void {
    this.#settle(false)
    this.#reject(new RedisUnavailableError(reason))
  }

  #refused(error: Error, session: Session): void {
    const isReply = error instanceof RedisReplyError
    // Redis did not run the command. After its deadline it must not be repeated, because the caller
    // was told that it failed.
    if (isReply && !this.#isLate && session.mustRepeat(this.#options.command, error)) {
      this.send(session)
      return
    }
    this.#settle(isReply)
    this.#reject(isReply ? (this.#options.refused?.(error) ?? error) : error)
  }

  #settle(hasAnswered: boolean): void {
    const { clock, breaker, limit } = this.#options
    this.#cancel()
    limit.leave()
    if (hasAnswered && !this.#isLate) breaker?.answered(clock.now() - this.#begunAt)
  }

  #expire(): void {
    const { clock, command, breaker, limit, forget } = this.#options
    // Time in which our own code delayed the write to the socket is not charged to Redis.
    const rest = this.#begunAt + command.deadline + (this.#flush?.held ?? 0) - clock.now()
    if (rest > 1) {
      this.#cancel = fairDeadline(clock, rest, () => this.#expire())
      return
    }
    this.#isLate = true
    breaker?.failed()
    // A command that was sent counts as pending until the driver settles it.
    if (forget(this)) limit.leave()
    this.#reject(new RedisUnavailableError('Redis did not answer in time'))
  }
}
