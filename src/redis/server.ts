import type { Clock } from '../clock.js'
import { RedisUnavailableError } from '../errors.js'
import type { Admission } from './admission.js'
import { Breaker } from './breaker.js'
import type { ConnectionListener } from './connection-event.js'
import { ConnectSchedule } from './connect-schedule.js'
import { Connection, type Patience } from './connection.js'
import { fairDeadline } from './fair-deadline.js'
import type { Command } from './command.js'
import type { Lane } from './lane.js'
import type { RedisReplyError } from './link.js'
import type { PendingLimit } from './pending-limit.js'
import type { Recovery } from './recovery.js'
import { RecoveryGate } from './recovery-gate.js'
import { ConnectionFailure, explain, type FailureReason, replyFailure } from './redaction.js'
import { compareIdentities, type ServerIdentity } from './server-identity.js'
import { admit, askIdentity, probe } from './server-questions.js'
import { ServerReporter } from './server-reporter.js'
import type { Session } from './session.js'
import { WaitRounds } from './wait-rounds.js'

export interface ServerOptions {
  readonly name: string
  readonly clock: Clock
  readonly random: () => number
  readonly limit: PendingLimit
  readonly admission: Admission
  readonly recovery: Recovery
  readonly connectTimeout: number
  /** Milliseconds until the next attempt after a refused login. */
  readonly afterDenial: number
  /** It takes over from another one, and may lack what that one confirmed. */
  readonly isReplacement?: boolean
  /** Connects to wherever the server is now, and logs in. */
  readonly dial: (lane: Lane, signal: AbortSignal) => Promise<Session>
  readonly onEvent: ConnectionListener
}

/** For how long a server that was a master is still read from once it is a replica. Milliseconds. */
const REPLICA_GRACE = 1_000

/** All connections to one Redis master, which are always connections to the same process. */
export class Server {
  readonly name: string
  readonly #options: ServerOptions
  readonly #reporter: ServerReporter
  readonly #schedule: ConnectSchedule
  readonly #gate: RecoveryGate
  readonly #connections = new Map<Lane, Connection>()
  #identity: ServerIdentity | undefined
  #rounds: WaitRounds | undefined
  /** What is connected to a server that has become a replica. */
  #outdated: Session | undefined
  #isClosed = false

  constructor(options: ServerOptions) {
    this.name = options.name
    this.#options = options
    this.#reporter = new ServerReporter(options.name, options.onEvent)
    this.#schedule = new ConnectSchedule(options.clock, options.random, options.afterDenial)
    this.#gate = new RecoveryGate(options.recovery, options.isReplacement ?? false)
    this.#connection('reads').start()
    this.#connection('writes').start()
  }

  get isReady(): boolean {
    return !this.#isClosed && this.#reporter.isReady
  }

  /** For everybody but the recovery's handlers. Refused while they run. */
  run(lane: Lane, command: Command, patience: Patience = 'none'): Promise<unknown> {
    const isRecovering = this.#gate.isShut ? 'invalidations are being replayed' : undefined
    const refusal = this.#options.admission.refusal ?? isRecovering
    if (refusal !== undefined) return Promise.reject(new RedisUnavailableError(refusal))
    return this.runDuringRecovery(lane, command, patience)
  }

  runDuringRecovery(
    lane: Lane,
    command: Command,
    patience: Patience = 'deadline',
  ): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new RedisUnavailableError(explain('closed')))
    const connection = this.#connection(lane)
    connection.start()
    return connection.call(command, patience)
  }

  /** See `WaitRounds.wait`. */
  waitForReplicas(key: string, replicas: number, deadline: number): Promise<number> {
    this.#rounds ??= new WaitRounds(this, this.#options.clock)
    return this.#rounds.wait(key, replicas, deadline)
  }

  /** The session of a lane, for commands that must follow one another on one connection. */
  session(lane: Lane): Session | undefined {
    return this.#connections.get(lane)?.session
  }

  reset(lane: Lane, reason: FailureReason): void {
    this.#connections.get(lane)?.reset(reason)
  }

  /** Asks the server who it is: whether a failover has passed by without breaking a connection. */
  async check(): Promise<void> {
    const connection = this.#connection('reads')
    const { session } = connection
    if (session === undefined) return
    const { clock, connectTimeout } = this.#options
    const cancel = fairDeadline(clock, connectTimeout, () => session.destroy('silent'))
    try {
      // Who may not ask who it is at least sees whether it answers.
      if (this.#identity === undefined) return await probe(session, false)
      const identity = await askIdentity(session)
      if (identity === undefined || connection.session !== session) return
      if (identity.isMaster) this.#meet('reads', identity)
      else this.#demoted()
    } catch {
      // It is busy, or gone; the one passes, and the other is seen elsewhere.
    } finally {
      cancel()
    }
  }

  /** Ends one lane, until a command needs it again. */
  async closeLane(lane: Lane): Promise<void> {
    const connection = this.#connections.get(lane)
    this.#connections.delete(lane)
    await connection?.close()
  }

  /** Resolves when no socket and no timer is left. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()))
  }

  #connection(lane: Lane): Connection {
    const present = this.#connections.get(lane)
    if (present !== undefined) return present
    const { clock, limit, connectTimeout } = this.#options
    const isGuarded = lane === 'reads' || lane === 'writes'
    const breaker = isGuarded ? new Breaker(clock, (open) => this.#tripped(lane, open)) : undefined
    const connection = new Connection({
      clock,
      schedule: this.#schedule,
      limit,
      breaker,
      connectTimeout,
      open: (signal) => this.#open(lane, signal),
      probe: (session) => probe(session, lane === 'writes'),
      refused: (error) => this.#refused(lane, error),
      onOpened: () => this.#announce(undefined),
      onFailed: (failure) => this.#announce(failure),
      onLost: (failure) => this.#lost(failure),
    })
    this.#connections.set(lane, connection)
    return connection
  }

  async #open(lane: Lane, signal: AbortSignal): Promise<Session> {
    const session = await this.#options.dial(lane, signal)
    this.#meet(lane, await admit(session, lane === 'writes', signal))
    return session
  }

  /** A server has said who it is. What is connected to another one is dropped first. */
  #meet(lane: Lane, identity: ServerIdentity | undefined): void {
    const before = this.#identity
    const change = compareIdentities(before, identity)
    this.#identity = identity
    if (change === 'changed' && before !== undefined && before.runId !== identity?.runId) {
      for (const [other, connection] of this.#connections) {
        if (other !== lane) connection.reset('moved')
      }
    }
    if (identity === undefined && lane !== 'writes') return
    if (change === 'changed') void this.#gate.changed().then(() => this.#announce(undefined))
    else if (lane === 'writes') this.#gate.reconnected()
  }

  /** The old master of a failover. It is searched for the new one, and still read from for a while. */
  #demoted(): void {
    for (const [lane, connection] of this.#connections) {
      if (lane !== 'reads') connection.reset('replica')
    }
    const { session } = this.#connection('reads')
    if (session === undefined || session === this.#outdated) return
    this.#outdated = session
    const cancel = this.#options.clock.schedule(REPLICA_GRACE, () => session.destroy('replica'))
    void session.closed.then(cancel)
  }

  /** What an error that Redis answers with says of the server, and what its caller is to hear. */
  #refused(lane: Lane, error: RedisReplyError): Error {
    if (error.reply === 'READONLY') this.#demoted()
    // What waited for the log was sent away, which Redis does when it becomes a replica.
    if (error.reply === 'UNBLOCKED') void this.check()
    if (!/^(LOADING|MASTERDOWN|BUSY)$/.test(error.reply)) return error
    // It answers, and slowly, that it can do nothing: it is connected to anew once it can.
    const { reason } = replyFailure(error)
    this.#connections.get(lane)?.reset(reason)
    return new RedisUnavailableError(explain(reason))
  }

  #tripped(lane: Lane, isOpen: boolean): void {
    if (isOpen) this.#connections.get(lane)?.reset('silent')
    this.#announce(isOpen ? new ConnectionFailure('silent') : undefined)
  }

  #lost(failure: ConnectionFailure): void {
    // Without an identity nothing tells whether two connections end at the same process.
    if (this.#identity === undefined) {
      for (const connection of this.#connections.values()) connection.reset('moved')
    }
    this.#announce(failure)
  }

  #announce(failure: ConnectionFailure | undefined): void {
    if (this.#isClosed) return
    const isReady = !this.#gate.isShut && this.#works('reads') && this.#works('writes')
    this.#reporter.announce(isReady, failure)
  }

  #works(lane: Lane): boolean {
    return this.#connections.get(lane)?.isWorking ?? false
  }
}
