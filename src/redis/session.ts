import type { Socket } from 'node:net'

import type { Clock } from '../clock.js'
import { clientOn } from './client-on.js'
import type { Command } from './command.js'
import { KnownScripts } from './known-scripts.js'
import type { RedisArgument, RedisReplyError } from './link.js'
import { commandError, connectionFailure, type FailureReason } from './redaction.js'
import type { ClientFactory, RedisLike } from './redis-like.js'

export interface Credentials {
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** One write to the socket. */
export interface Flush {
  /** Milliseconds by which other code of the same tick delayed it. */
  held: number
}

export interface SessionSettings {
  readonly clock: Clock
  readonly createClient: ClientFactory
  /** The name of the connection in `CLIENT LIST`. */
  readonly name: string
  readonly database: number
  readonly credentials: Credentials | undefined
}

/** One connection, from opening to closing. */
export class Session {
  /** Resolves to the reason when the connection is over. */
  readonly closed: Promise<FailureReason>
  /** Resolves a moment later, when the socket is closed too. */
  readonly ended: Promise<void>
  readonly #clock: Clock
  readonly #client: RedisLike
  readonly #socket: Socket
  readonly #scripts = new KnownScripts()
  #close: (reason: FailureReason) => void = () => undefined
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
    // After an error outside of a reply, replies can no longer be matched to commands.
    client.on('error', (error: unknown) => this.destroy(connectionFailure(error).reason))
    client.on('end', () => this.destroy('reset'))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The write of the last command, which happens at the end of the current tick. */
  get flush(): Flush {
    return this.#flush
  }

  /**
   * Sends a command. Strings in the reply are Buffers.
   *
   * @throws RedisReplyError, Redirection when Redis replies with an error
   * @throws RedisUnavailableError when the connection ends first
   */
  async call(name: string, args: readonly RedisArgument[]): Promise<unknown> {
    try {
      return await this.send({ name, args })
    } catch (error) {
      throw commandError(error)
    }
  }

  /**
   * Like `call`, but rejects with the driver's error, which contains the command: see
   * `commandError`.
   */
  send(command: Omit<Command, 'deadline'>): Promise<unknown> {
    const { name, args } = this.#scripts.spelled(command)
    this.#gather()
    try {
      return this.#client.callBuffer(name, ...args)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Whether a command failed only because its script was sent as a digest that the server does not
   * know or this user may not use. `send` then sends the whole text.
   */
  mustRepeat(command: Omit<Command, 'deadline'>, { reply }: RedisReplyError): boolean {
    return this.#scripts.wasRefused(command, reply) && this.#isOpen
  }

  /** Logs in and selects the database, in one round trip. Rejects with the driver's error. */
  async begin({ name, database, credentials }: SessionSettings): Promise<void> {
    await this.#client.connect()
    const replies = await Promise.allSettled([
      credentials?.password === undefined ? undefined : this.#login(credentials),
      database === 0 ? undefined : this.#client.callBuffer('select', database),
      this.#client.callBuffer('client', 'setname', name).catch(unlessFatal),
    ])
    for (const reply of replies) if (reply.status === 'rejected') throw reply.reason
  }

  /** Closes the connection immediately, whatever is pending. */
  destroy(reason: FailureReason): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#socket.destroy()
    this.#client.disconnect()
    this.#close(reason)
  }

  /**
   * Sends the commands of one tick in one write: a system call costs more than all our other work.
   */
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
      // A superfluous password is no reason not to use the server.
      if (
        !(error instanceof Error && /without any password|no password is set/.test(error.message))
      ) {
        throw error
      }
    }
  }
}

/**
 * Opens a session on a connected socket. Destroys the socket on failure.
 *
 * @throws ConnectionFailure
 */
export async function openSession(
  socket: Socket,
  settings: SessionSettings,
  signal: AbortSignal,
): Promise<Session> {
  const session = new Session(clientOn(socket, settings.createClient), socket, settings.clock)
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

/**
 * Ignores a failure to set the name, which only serves `CLIENT LIST`, unless the connection failed.
 */
function unlessFatal(error: unknown): void {
  const { reason } = connectionFailure(error)
  if (reason !== 'forbidden' && reason !== 'protocol') throw error
}
