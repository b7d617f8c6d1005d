import type { Clock } from '../clock.js'
import { RedisUnavailableError } from '../errors.js'
import type { Admission } from './admission.js'
import { Breaker } from './breaker.js'
import { failed, lost, ready, type ConnectionListener } from './connection-event.js'
import { ConnectSchedule } from './connect-schedule.js'
import { Connection, type Patience } from './connection.js'
import { fairDeadline } from './fair-deadline.js'
import { RedisReplyError, type RedisArgument } from './link.js'
import type { PendingLimit } from './pending-limit.js'
import type { Recovery } from './recovery.js'
import { ConnectionFailure, explain, type FailureReason, replyFailure } from './redaction.js'
import { compareIdentities, readIdentity, type ServerIdentity } from './server-identity.js'
import type { Session } from './session.js'
import { WaitRounds } from './wait-rounds.js'

/**
 * What a connection is for. Redis stops a whole connection for one command that must wait: a write
 * during a write pause, a blocking read of the log, a WAIT. So each kind has its own.
 */
export type Lane = 'reads' | 'writes' | 'log' | 'wait'

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

export interface Command {
  readonly name: string
  readonly args: readonly RedisArgument[]
  readonly deadline: number
}

/** For how long a server that was a master is still read from once it is a replica. Milliseconds. */
const REPLICA_GRACE = 1_000

/** All connections to one Redis master, which are always connections to the same process. */
export class Server {
  readonly name: string
  readonly #options: ServerOptions
  readonly #schedule: ConnectSchedule
  readonly #connections = new Map<Lane, Connection>()
  readonly #breakers = new Map<Lane, Breaker>()
  #identity: ServerIdentity | undefined
  #wasConnected: boolean
  #rounds: WaitRounds | undefined
  /** How many recoveries from a change run, and how many of them reads must wait for. */
  #recovering = 0
  #gated = 0
  #isReady = false
  readonly #reported = new Set<FailureReason>()
  #isClosed = false

  constructor(options: ServerOptions) {
    this.name = options.name
    this.#options = options
    this.#wasConnected = options.isReplacement ?? false
    this.#schedule = new ConnectSchedule(options.clock, options.random, options.afterDenial)
    this.#connection('reads').start()
    this.#connection('writes').start()
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get identity(): ServerIdentity | undefined {
    return this.#identity
  }

  /** For everybody but the recovery's handlers. Refused while they run. */
  run(lane: Lane, command: Command, patience: Patience = 'none'): Promise<unknown> {
    const isRecovering = this.#gated > 0 ? 'invalidations are being replayed' : undefined
    const refusal = this.#options.admission.refusal ?? isRecovering
    if (refusal !== undefined) return Promise.reject(new RedisUnavailableError(refusal))
    return this.runDuringRecovery(lane, command, patience)
  }

  async runDuringRecovery(
    lane: Lane,
    { name, args, deadline }: Command,
    patience: Patience = 'deadline',
  ): Promise<unknown> {
    if (this.#isClosed) throw new RedisUnavailableError(explain('closed'))
    const connection = this.#connection(lane)
    connection.start()
    try {
      return await connection.call(name, args, deadline, patience)
    } catch (error) {
      if (!(error instanceof RedisReplyError)) throw error
      if (error.reply === 'READONLY') this.#demoted()
      if (error.reply !== 'LOADING' && error.reply !== 'MASTERDOWN') throw error
      connection.reset('loading')
      throw new RedisUnavailableError('Redis is still loading its data')
    }
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
    const cancel = fairDeadline(clock, connectTimeout, (wasBlocked) => {
      if (!wasBlocked) session.destroy('silent')
    })
    try {
      const identity = await this.#askIdentity(session)
      if (identity === undefined || connection.session !== session) return
      if (identity.isMaster) this.#meet('reads', identity)
      else this.#demoted()
    } catch {
      session.destroy('silent')
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
    this.#isReady = false
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
      probe: (session) => probe(lane, session),
      onOpened: () => this.#announce(undefined),
      onFailed: (failure) => this.#announce(failure),
      onLost: (failure) => this.#lost(failure),
    })
    this.#connections.set(lane, connection)
    if (breaker !== undefined) this.#breakers.set(lane, breaker)
    return connection
  }

  async #open(lane: Lane, signal: AbortSignal): Promise<Session> {
    const session = await this.#options.dial(lane, signal)
    const abandon = (): void => session.destroy('silent')
    signal.addEventListener('abort', abandon)
    try {
      if (signal.aborted) throw signal.reason
      const probing = lane === 'writes' ? probe(lane, session) : undefined
      const [identity] = await Promise.all([this.#askIdentity(session), probing])
      if (identity?.isLoading === true) throw new ConnectionFailure('loading')
      if (identity?.isMaster === false) throw new ConnectionFailure('replica')
      this.#meet(lane, identity)
      return session
    } catch (error) {
      session.destroy('closed')
      throw signal.aborted ? signal.reason : replyFailure(error)
    } finally {
      signal.removeEventListener('abort', abandon)
    }
  }

  /** undefined where this user may not know. */
  async #askIdentity(session: Session): Promise<ServerIdentity | undefined> {
    try {
      return readIdentity(String(await session.call('info', [])))
    } catch (error) {
      if (error instanceof RedisReplyError && error.reply === 'NOPERM') return undefined
      throw error
    }
  }

  /** A server has said who it is. What is connected to another one is dropped first. */
  #meet(lane: Lane, identity: ServerIdentity | undefined): void {
    const before = this.#identity
    const change = compareIdentities(before, identity)
    this.#identity = identity
    const isFirst = !this.#wasConnected
    this.#wasConnected = true
    if (change === 'changed' && before !== undefined && before.runId !== identity?.runId) {
      for (const [other, connection] of this.#connections) {
        if (other !== lane) connection.reset('moved')
      }
    }
    if (identity === undefined && lane !== 'writes') return
    if (change === 'changed') void this.#recover(!isFirst)
    else if (lane === 'writes' && this.#recovering === 0) void this.#options.recovery.run('same')
  }

  async #recover(isGated: boolean): Promise<void> {
    const gates = isGated ? 1 : 0
    this.#recovering += 1
    this.#gated += gates
    await this.#options.recovery.run('changed')
    this.#recovering -= 1
    this.#gated -= gates
    this.#announce(undefined)
  }

  /** The old master of a failover. It is searched for the new one, and still read from for a while. */
  #demoted(): void {
    for (const [lane, connection] of this.#connections) {
      if (lane !== 'reads') connection.reset('replica')
    }
    const { session } = this.#connection('reads')
    if (session === undefined) return
    const cancel = this.#options.clock.schedule(REPLICA_GRACE, () => session.destroy('replica'))
    void session.closed.then(cancel)
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
    const { onEvent } = this.#options
    const wasReady = this.#isReady
    this.#isReady = this.#gated === 0 && this.#works('reads') && this.#works('writes')
    if (this.#isReady && !wasReady) {
      this.#reported.clear()
      onEvent(ready(this.name))
    } else if (failure !== undefined && !this.#reported.has(failure.reason)) {
      this.#reported.add(failure.reason)
      onEvent(wasReady ? lost(this.name, failure.reason) : failed(this.name, failure))
    }
  }

  #works(lane: Lane): boolean {
    const isOpen = this.#breakers.get(lane)?.isOpen ?? false
    return !isOpen && this.#connections.get(lane)?.session !== undefined
  }
}

/** A script is held back by a write pause even when it does nothing, as the writes to come would be. */
async function probe(lane: Lane, session: Session): Promise<void> {
  try {
    if (lane === 'writes') await session.call('eval', ['return 1', 0])
    else await session.call('ping', [])
  } catch (error) {
    if (!(error instanceof RedisReplyError)) throw error
  }
}
