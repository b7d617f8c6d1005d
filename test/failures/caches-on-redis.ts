import type { Cache } from '../../src/cache.js'
import type { CacheOptions } from '../../src/cache-options.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { OpenedCaches, PATIENT } from './opened-caches.js'

/** A Redis for the tests of one `describe`, and the caches that each of them opens. */
export class CachesOnRedis {
  readonly #opened = new OpenedCaches()
  #server: RedisServer | undefined

  /** Starts the Redis; before the first test. */
  async start(): Promise<void> {
    this.#server = await startRedis()
  }

  get server(): RedisServer {
    if (this.#server === undefined) throw new Error('Redis was not started')
    return this.#server
  }

  /** What the names of all keys of these caches begin with. */
  get prefix(): string {
    return this.#opened.prefix
  }

  /** A cache that has no Redis. */
  apart(options: CacheOptions = {}): Cache {
    return this.#opened.open(options)
  }

  /** A cache that is connected, and patient. */
  ready(options: CacheOptions = {}): Promise<Cache> {
    return this.#opened.ready({ redis: this.server.url, timeouts: PATIENT, ...options })
  }

  /** Closes the caches; after each test. */
  close(): Promise<void> {
    return this.#opened.close()
  }

  /** Stops the Redis; after the last test. */
  async stop(): Promise<void> {
    await this.#server?.stop()
  }
}
