import type { Socket } from 'node:net'

import type { Clock } from '../clock.js'
import { lazyRequire } from '../lazy.js'
import type { Command } from './command.js'
import type { RedisArgument, RedisReplyError, Script } from './link.js'
import {
  commandError,
  connectionFailure,
  ConnectionFailure,
  type FailureReason,
} from './redaction.js'
import type { ClientFactory, ConnectorLike, RedisLike } from './redis-like.js'

export interface Credentials {
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** One write to a socket. */
export interface Flush {
  /** How long it was held up by code of the tick that it came from. Milliseconds. */
  held: number
}

export interface SessionSettings {
  readonly clock: Clock
  readonly createClient: ClientFactory
  /** How the connection is called in `CLIENT LIST`. */
  readonly name: string
  readonly database: number
  readonly credentials: Credentials | undefined
}

/**
 * ioredis speaks the protocol and keeps the order of replies; the rest is ours. It gets a connected
 * socket and loses it once: it never reconnects, never queues, never sends anything by itself, and
 * never sees a password.
 */
const CLIENT_SETTINGS = {
  lazyConnect: true,
  retryStrategy: null,
  enableReadyCheck: false,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableAutoPipelining: false,
  disableClientInfo: true,
  reconnectOnError: null,
  // Replies have one shape in the second version of the protocol, whichever major of ioredis it is.
  protocol: 2,
  replyMapping: 'legacy',
  stringNumbers: false,
  keepAlive: 5_000,
  noDelay: true,
  // What a client of the user may bring along.
  keyPrefix: '',
  readOnly: false,
  monitor: false,
  connectionName: null,
  username: null,
  password: null,
  db: 0,
  tls: undefined,
  sentinels: null,
  commandTimeout: undefined,
  socketTimeout: undefined,
  blockingTimeout: undefined,
  scripts: undefined,
  himportFieldsets: undefined,
  showFriendlyErrorStack: false,
}

const cryptography = lazyRequire<typeof import('node:crypto')>('node:crypto')
const digests = new Map<Script, string>()

/** One connection from its first byte to its last. */
export class Session {
  /** Resolves when it is over, with the reason. */
  readonly closed: Promise<FailureReason>
  /** Resolves a moment later, when the socket is gone too. */
  readonly ended: Promise<void>
  readonly #clock: Clock
  readonly #client: RedisLike
  readonly #socket: Socket
  #close: (reason: FailureReason) => void = () => undefined
  /**
   * Scripts that were sent as a whole. Commands keep their order on a connection, so the next one may
   * name it by its digest: a kilobyte less each time. undefined: this user may not.
   */
  #known: Set<Script> | undefined = new Set()
  /** Commands that were sent with the digest of their script. */
  readonly #named = new WeakSet<object>()
  #isOpen = true
  #isGathering = false
  #flush: Flush = { held: 0 }

  constructor(client: RedisLike, socket: Socket, clock: Clock) {
    this.#clock = clock
    this.#client = client
    this.#socket = socket
    this.closed = new Promise((resolve) => {
      this.#close = resolve
    })
    this.ended = new Promise((resolve) => {
      socket.once('close', resolve)
    })
    // An error outside of a reply leaves in doubt which reply belongs to which command.
    client.on('error', (error: unknown) => this.destroy(connectionFailure(error).reason))
    client.on('end', () => this.destroy('reset'))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The write that the last command left with, or will leave with at the end of this tick. */
  get flush(): Flush {
    return this.#flush
  }

  /**
   * Sends a command; strings in the reply come as Buffers.
   *
   * @throws RedisReplyError, Redirection when Redis answers so
   * @throws RedisUnavailableError when the connection ends first
   */
  async call(name: string, args: readonly RedisArgument[]): Promise<unknown> {
    try {
      return await this.send({ name, args })
    } catch (error) {
      throw commandError(error)
    }
  }

  /** As `call`, but rejects with the driver's own error, which holds the command: see `commandError`. */
  send(command: Omit<Command, 'deadline'>): Promise<unknown> {
    const { name, args, script } = command
    this.#gather()
    try {
      if (script === undefined) return this.#client.callBuffer(name, ...args)
      if (this.#known?.has(script) === true) {
        this.#named.add(command)
        return this.#client.callBuffer('evalsha', digestOf(script), ...args)
      }
      this.#named.delete(command)
      this.#known?.add(script)
      return this.#client.callBuffer(name, script.text, ...args)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Whether a command was refused only because the server does not know its script any more, or does
   * not let this user name it: `send` sends the whole text then.
   */
  mustRepeat(command: Omit<Command, 'deadline'>, { reply }: RedisReplyError): boolean {
    const { script } = command
    if (script === undefined || !this.#named.has(command)) return false
    if (reply === 'NOPERM') this.#known = undefined
    else if (reply === 'NOSCRIPT') this.#known?.delete(script)
    else return false
    return this.#isOpen
  }

  /** Logs in and selects the database, in one round trip. */
  async begin({ name, database, credentials }: SessionSettings): Promise<void> {
    try {
      await this.#client.connect()
      const replies = await Promise.allSettled([
        credentials?.password === undefined ? undefined : this.#login(credentials),
        database === 0 ? undefined : this.#client.callBuffer('select', database),
        this.#client.callBuffer('client', 'setname', name).catch(unlessFatal),
      ])
      for (const reply of replies) if (reply.status === 'rejected') throw reply.reason
    } catch (error) {
      const failure = connectionFailure(error)
      this.destroy(failure.reason)
      throw failure
    }
  }

  /** Ends it at once, whatever is under way. */
  destroy(reason: FailureReason): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#socket.destroy()
    this.#client.disconnect()
    this.#close(reason)
  }

  /** Commands of one tick leave in one write: a system call costs more than everything else we do. */
  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#socket.cork()
    const flush: Flush = { held: 0 }
    const from = this.#clock.now()
    this.#flush = flush
    process.nextTick(() => {
      flush.held = this.#clock.now() - from
      this.#isGathering = false
      this.#socket.uncork()
    })
  }

  async #login({ username, password = '' }: Credentials): Promise<void> {
    const args = username === undefined ? [password] : [username, password]
    try {
      await this.#client.callBuffer('auth', ...args)
    } catch (error) {
      // A password that the server does not ask for is no reason to do without the server.
      if (
        !(error instanceof Error && /without any password|no password is set/.test(error.message))
      ) {
        throw error
      }
    }
  }
}

/**
 * Makes a session of a connected socket.
 *
 * @throws ConnectionFailure
 */
export async function openSession(
  socket: Socket,
  settings: SessionSettings,
  signal: AbortSignal,
): Promise<Session> {
  const session = new Session(clientOn(socket, settings), socket, settings.clock)
  const abort = (): void => session.destroy(connectionFailure(signal.reason).reason)
  signal.addEventListener('abort', abort)
  try {
    if (signal.aborted) throw signal.reason
    await session.begin(settings)
    return session
  } catch (error) {
    session.destroy(connectionFailure(error).reason)
    throw signal.aborted ? connectionFailure(signal.reason) : connectionFailure(error)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function clientOn(socket: Socket, { createClient }: SessionSettings): RedisLike {
  class ConnectedSocket implements ConnectorLike {
    connect(): Promise<Socket> {
      return Promise.resolve(socket)
    }

    disconnect(): void {
      socket.destroy()
    }

    check(): boolean {
      return true
    }
  }
  guardParser(socket)
  try {
    return createClient({ ...CLIENT_SETTINGS, Connector: ConnectedSocket })
  } catch {
    socket.destroy()
    throw new ConnectionFailure('driver')
  }
}

/**
 * The parser of ioredis 5 ends the process by a stack overflow when a reply is nested deeply enough.
 * What any parser throws ends its connection and nothing else.
 */
function guardParser(socket: Socket): void {
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean
  socket.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...args)
    try {
      return emit(event, ...args)
    } catch {
      socket.destroy(new ConnectionFailure('protocol'))
      return true
    }
  }
}

/** How Redis calls a script. */
function digestOf(script: Script): string {
  let digest = digests.get(script)
  if (digest === undefined) {
    digest = cryptography().hash('sha1', script.text)
    digests.set(script, digest)
  }
  return digest
}

/** The name is a courtesy to whoever reads `CLIENT LIST`; only what bars the connection itself counts. */
function unlessFatal(error: unknown): void {
  const { reason } = connectionFailure(error)
  if (reason !== 'forbidden' && reason !== 'protocol') throw error
}
