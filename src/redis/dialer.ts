import type { Clock } from '../clock.js'
import { AFTER_DENIAL } from './connect-schedule.js'
import { type Endpoint, nameOf } from './endpoint.js'
import { openSocket } from './open-socket.js'
import { ConnectionFailure } from './redaction.js'
import type { Access, RedisTarget } from './redis-target.js'
import { type Credentials, openSession, type Session } from './session.js'

/** Milliseconds until a credentials callback is asked again after a refused login. */
const ASK_AGAIN = 1_000

/** Opens sessions: connects the socket, negotiates TLS and logs in. */
export class Dialer {
  /** Milliseconds to wait before dialling again after a refused login. */
  readonly afterDenial: number
  readonly #target: RedisTarget
  readonly #clock: Clock
  readonly #denials = new Map<Access, Denial>()

  constructor(target: RedisTarget, clock: Clock) {
    this.#target = target
    this.#clock = clock
    this.afterDenial = target.access.mayChange ? ASK_AGAIN : AFTER_DENIAL
  }

  /**
   * Opens a session to a data server.
   *
   * @param purpose becomes part of the connection's name
   * @throws ConnectionFailure
   */
  dial(endpoint: Endpoint, purpose: string, signal: AbortSignal): Promise<Session> {
    return this.#dial(endpoint, this.#target.access, purpose, this.#target.database, signal)
  }

  /**
   * Opens a session to a sentinel, which has its own credentials and no databases.
   *
   * @throws ConnectionFailure
   */
  dialSentinel(endpoint: Endpoint, access: Access, signal: AbortSignal): Promise<Session> {
    return this.#dial(endpoint, access, 'sentinel', 0, signal)
  }

  /** Maps an address that a cluster or a sentinel announces to one that is reachable from here. */
  translate(endpoint: Endpoint): Endpoint {
    return this.#target.natMap(nameOf(endpoint)) ?? endpoint
  }

  async #dial(
    endpoint: Endpoint,
    access: Access,
    purpose: string,
    database: number,
    signal: AbortSignal,
  ): Promise<Session> {
    const { createClient, family, lookup } = this.#target
    const credentials = await askCredentials(access)
    if (this.#wasDenied(access, credentials)) throw new ConnectionFailure('denied')
    const socket = await openSocket(endpoint, { tls: access.tls, family, lookup }, signal)
    const name = `cachewright:${purpose}`
    try {
      const settings = { clock: this.#clock, createClient, name, database, credentials }
      return await openSession(socket, settings, signal)
    } catch (error) {
      if (error instanceof ConnectionFailure && error.reason === 'denied') {
        this.#denials.set(access, { credentials, at: this.#clock.now() })
      }
      throw error
    }
  }

  /**
   * Whether the same credentials were refused in the last five seconds. They are not sent again.
   */
  #wasDenied(access: Access, credentials: Credentials | undefined): boolean {
    const denial = this.#denials.get(access)
    return (
      access.mayChange &&
      denial !== undefined &&
      this.#clock.now() - denial.at < AFTER_DENIAL &&
      denial.credentials?.username === credentials?.username &&
      denial.credentials?.password === credentials?.password
    )
  }
}

interface Denial {
  readonly credentials: Credentials | undefined
  readonly at: number
}

async function askCredentials(access: Access): Promise<Credentials | undefined> {
  try {
    return await access.credentials()
  } catch {
    throw new ConnectionFailure('credentials')
  }
}
