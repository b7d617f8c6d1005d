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
  /** Whether it replaces another server and may lack writes that one confirmed. */
  readonly isReplacement?: boolean
  /** Connects to the current address of the server, and logs in. */
  readonly dial: (lane: Lane, signal: AbortSignal) => Promise<Session>
  readonly onEvent: ConnectionListener
}

/** Milliseconds during which a master that was demoted to a replica is still read from. */
const REPLICA_GRACE = 1_000

/** The connections to one Redis master, which always end at the same process. */
export class Server {
  readonly name: string
  readonly #options: ServerOptions
  readonly #reporter: ServerReporter
  readonly #schedule: ConnectSchedule
  readonly #gate: RecoveryGate
  readonly #connections = new Map<Lane, Connection>()
  #identity: ServerIdentity | undefined
  #rounds: WaitRounds | undefined
  /** The read session that is kept for a while after its server became a replica. */
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

  /** Runs a command. Refused while invalidations are replayed, and when Redis may not be used. */
  run(lane: Lane, command: Command, patience: Patience = 'none'): Promise<unknown> {
    const isRecovering = this.#gate.isShut ? 'invalidations are being replayed' : undefined
    const refusal = this.#options.admission.refusal ?? isRecovering
    if (refusal !== undefined) return Promise.reject(new RedisUnavailableError(refusal))
    return this.runDuringRecovery(lane, command, patience)
  }

  /** Runs a command that must get through during a replay too. */
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

  /** Returns the session of a lane, for commands that must follow each other on one connection. */
  session(lane: Lane): Session | undefined {
    return this.#connections.get(lane)?.session
  }

  reset(lane: Lane, reason: FailureReason): void {
    this.#connections.get(lane)?.reset(reason)
  }

  /** Checks the server's identity, to notice a failover that broke no connection. */
  async check(): Promise<void> {
    const connection = this.#connection('reads')
    const { session } = connection
    if (session === undefined) return
    const { clock, connectTimeout } = this.#options
    const cancel = fairDeadline(clock, connectTimeout, () => session.destroy('silent'))
    try {
      // Without permission to ask for the identity, at least check that the server answers.
      if (this.#identity === undefined) return await probe(session, false)
      const identity = await askIdentity(session)
      if (identity === undefined || connection.session !== session) return
      if (identity.isMaster) this.#identified('reads', identity)
      else this.#demoted()
    } catch {
      // A busy server recovers, and a lost connection is noticed elsewhere.
    } finally {
      cancel()
    }
  }

  /** Closes one lane. The next command for it opens it again. */
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
    this.#identified(lane, await admit(session, lane === 'writes', signal))
    return session
  }

  /** Takes note of the server's identity. Connections to another process are dropped first. */
  #identified(lane: Lane, identity: ServerIdentity | undefined): void {
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

  /**
   * Handles a failover: looks for the new master, and reads from the old one for a little longer.
   */
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

  /** Handles an error reply, and returns the error for the caller. */
  #refused(lane: Lane, error: RedisReplyError): Error {
    if (error.reply === 'READONLY') this.#demoted()
    // Redis unblocks a blocking read when it becomes a replica.
    if (error.reply === 'UNBLOCKED') void this.check()
    if (!/^(LOADING|MASTERDOWN|BUSY)$/.test(error.reply)) return error
    // The server answers but cannot serve. The connection is reopened once it can.
    const { reason } = replyFailure(error)
    this.#connections.get(lane)?.reset(reason)
    return new RedisUnavailableError(explain(reason))
  }

  #tripped(lane: Lane, isOpen: boolean): void {
    if (isOpen) this.#connections.get(lane)?.reset('silent')
    this.#announce(isOpen ? new ConnectionFailure('silent') : undefined)
  }

  #lost(failure: ConnectionFailure): void {
    // Without identities, only new connections are certain to end at the same process.
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
