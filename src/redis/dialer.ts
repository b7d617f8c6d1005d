import { type Endpoint, openSocket } from './open-socket.js'
import { ConnectionFailure } from './redaction.js'
import type { Access, RedisTarget } from './redis-target.js'
import { type Credentials, openSession, type Session } from './session.js'

/** Makes sessions: a socket, TLS, the login. */
export class Dialer {
  readonly #target: RedisTarget

  constructor(target: RedisTarget) {
    this.#target = target
  }

  /**
   * To a server with data.
   *
   * @param purpose stands in the connection's name
   * @throws ConnectionFailure
   */
  dial(endpoint: Endpoint, purpose: string, signal: AbortSignal): Promise<Session> {
    return this.#dial(endpoint, this.#target.access, purpose, this.#target.database, signal)
  }

  /**
   * To a sentinel, which has a login of its own and no databases.
   *
   * @throws ConnectionFailure
   */
  dialSentinel(endpoint: Endpoint, access: Access, signal: AbortSignal): Promise<Session> {
    return this.#dial(endpoint, access, 'sentinel', 0, signal)
  }

  /** What a cluster or a sentinel calls an address, as it can be reached from here. */
  translate(endpoint: Endpoint): Endpoint {
    return this.#target.natMap(`${endpoint.host}:${endpoint.port}`) ?? endpoint
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
    const socket = await openSocket(endpoint, { tls: access.tls, family, lookup }, signal)
    const name = `cachewright:${purpose}`
    return openSession(socket, { createClient, name, database, credentials }, signal)
  }
}

async function askCredentials(access: Access): Promise<Credentials | undefined> {
  try {
    return await access.credentials()
  } catch {
    throw new ConnectionFailure('credentials')
  }
}
