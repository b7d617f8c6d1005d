import type { Clock } from '../clock.js'
import { RedisUnavailableError } from '../errors.js'
import { type Breaker, PROBE_EVERY } from './breaker.js'
import type { Command } from './command.js'
import type { ConnectSchedule } from './connect-schedule.js'
import { fairDeadline, fairTimeout } from './fair-deadline.js'
import type { RedisReplyError } from './link.js'
import { Pause } from './pause.js'
import { PendingCall } from './pending-call.js'
import type { PendingLimit } from './pending-limit.js'
import { ConnectionFailure, connectionFailure, explain, type FailureReason } from './redaction.js'
import type { Session } from './session.js'

/** What a command does without a connection. */
export type Patience =
  /** Fails immediately, unless the very first attempt to connect is still running. */
  | 'none'
  /** Waits for a connection until its deadline. */
  | 'deadline'

export interface ConnectionOptions {
  readonly clock: Clock
  readonly schedule: ConnectSchedule
  readonly limit: PendingLimit
  /** undefined for a connection whose user detects silence itself. */
  readonly breaker: Breaker | undefined
  /** Milliseconds for one attempt, from the DNS lookup to the first reply. */
  readonly connectTimeout: number
  /** Opens a session that is ready for commands, or throws a `ConnectionFailure`. */
  readonly open: (signal: AbortSignal) => Promise<Session>
  /** Sends a command to find out whether the server answers. */
  readonly probe: (session: Session) => Promise<unknown>
  /** Handles an error reply of Redis, and returns the error for the caller. */
  readonly refused: (error: RedisReplyError) => Error
  readonly onOpened: () => void
  /** Called when an attempt to connect has failed. */
  readonly onFailed: (failure: ConnectionFailure) => void
  /** Called when the connection is lost. */
  readonly onLost: (failure: ConnectionFailure) => void
}

/** A connection that is reopened whenever it is lost, until it is closed. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #closing = new AbortController()
  /** The calls that wait for a connection. */
  readonly #waiting = new Map<PendingCall, Patience>()
  #session: Session | undefined
  #firstAttemptRuns = true
  #attempt: AbortController | undefined
  #done: Promise<void> | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** The open session; undefined while there is none. */
  get session(): Session | undefined {
    return this.#session?.isOpen === true ? this.#session : undefined
  }

  /** Whether commands are accepted and answered in time. */
  get isWorking(): boolean {
    return this.session !== undefined && this.#options.breaker?.isOpen !== true
  }

  /** Starts connecting, and keeps reconnecting. Later calls have no effect. */
  start(): void {
    this.#done ??= this.#keep()
  }

  /**
   * Sends a command.
   *
   * @throws RedisUnavailableError when there is no reply within the deadline
   * @throws RedisReplyError, Redirection when Redis replies with an error
   */
  call(command: Command, patience: Patience): Promise<unknown> {
    const { clock, breaker, limit, refused } = this.#options
    const { session } = this
    if (breaker?.isOpen === true) return refuse('Redis has not answered lately')
    if (session === undefined && !this.#mayWait(patience)) return refuse('not connected')
    if (!limit.enter()) return refuse('too many commands wait for Redis')
    const call = new PendingCall({
      clock,
      limit,
      breaker,
      command,
      forget: this.#forget,
      refused,
    })
    if (session === undefined) this.#waiting.set(call, patience)
    else call.send(session)
    return call.reply
  }

  /** Drops the open connection, if any, so that a new one is made. A running attempt continues. */
  reset(reason: FailureReason): void {
    this.#session?.destroy(reason)
  }

  /** Resolves when no socket and no timer is left. */
  async close(): Promise<void> {
    const session = this.#session
    this.#closing.abort(new ConnectionFailure('closed'))
    session?.destroy('closed')
    this.#attempt?.abort(new ConnectionFailure('closed'))
    for (const patience of ['none', 'deadline'] as const) {
      this.#refuse(patience, explain('closed'))
    }
    await this.#done
    await session?.ended
  }

  readonly #forget = (call: PendingCall): boolean => this.#waiting.delete(call)

  #mayWait(patience: Patience): boolean {
    if (this.#closing.signal.aborted) return false
    return patience === 'deadline' || this.#firstAttemptRuns
  }

  async #keep(): Promise<void> {
    const { schedule, onLost } = this.#options
    while (!this.#closing.signal.aborted) {
      try {
        await schedule.turn(this.#closing.signal)
      } catch {
        return
      }
      const session = await this.#open()
      if (session === undefined) continue
      const reason = await this.#use(session)
      schedule.lost()
      onLost(new ConnectionFailure(reason))
    }
  }

  async #open(): Promise<Session | undefined> {
    const { clock, connectTimeout, open, schedule, onFailed } = this.#options
    const attempt = new AbortController()
    this.#attempt = attempt
    const cancel = fairTimeout(clock, connectTimeout, attempt, new ConnectionFailure('silent'))
    try {
      const session = await open(attempt.signal)
      schedule.succeeded()
      return session
    } catch (error) {
      const failure = connectionFailure(error)
      schedule.failed(failure.reason === 'denied')
      this.#firstAttemptRuns = false
      this.#refuse('none', failure.message)
      onFailed(failure)
      return undefined
    } finally {
      cancel()
      this.#attempt = undefined
    }
  }

  async #use(session: Session): Promise<FailureReason> {
    const { breaker, onOpened } = this.#options
    this.#firstAttemptRuns = false
    this.#session = session
    if (this.#closing.signal.aborted) session.destroy('closed')
    for (const call of this.#waiting.keys()) call.send(session)
    this.#waiting.clear()
    if (breaker !== undefined) void this.#probe(session, breaker)
    onOpened()
    const reason = await session.closed
    this.#session = undefined
    return reason
  }

  /**
   * Probes the server until the breaker closes, so that no caller has to test whether it is back.
   */
  async #probe(session: Session, breaker: Breaker): Promise<void> {
    const { clock, connectTimeout, probe } = this.#options
    breaker.answered(0)
    if (!breaker.isOpen) return
    const pause = new Pause(clock)
    void session.closed.then(() => pause.end())
    while (breaker.isOpen) {
      await pause.wait(PROBE_EVERY)
      if (!session.isOpen) return
      const sentAt = clock.now()
      const cancel = fairDeadline(clock, connectTimeout, () => session.destroy('silent'))
      try {
        await probe(session)
        breaker.answered(clock.now() - sentAt)
      } catch {
        breaker.failed()
      } finally {
        cancel()
      }
    }
  }

  #refuse(patience: Patience, reason: string): void {
    for (const [call, patienceOfCall] of this.#waiting) {
      if (patienceOfCall !== patience) continue
      this.#waiting.delete(call)
      call.fail(reason)
    }
  }
}

function refuse(reason: string): Promise<never> {
  return Promise.reject(new RedisUnavailableError(reason))
}
