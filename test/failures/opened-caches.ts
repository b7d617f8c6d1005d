import { randomBytes } from 'node:crypto'

import type { Cache } from '../../src/cache.js'
import type { CacheOptions } from '../../src/cache-options.js'
import { createCache } from '../../src/create-cache.js'

/** What a machine may take that does other things meanwhile: deadlines are the subject elsewhere. */
export const PATIENT = { read: '10s', write: '10s' } as const

/** The caches of one test, on a prefix that no other test has. */
export class OpenedCaches {
  readonly prefix = `f${randomBytes(6).toString('hex')}`
  readonly #caches = new Set<Cache>()

  /** A cache that need not be connected. */
  open(options: CacheOptions = {}): Cache {
    const cache = createCache({ prefix: this.prefix, ...options })
    this.#caches.add(cache)
    return cache
  }

  /** A cache that is connected. */
  async ready(options: CacheOptions, timeout = 5_000): Promise<Cache> {
    const cache = this.open(options)
    if (await cache.ready(timeout)) return cache
    throw new Error(`Redis was not ready within ${timeout} ms`)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#caches].map((cache) => cache.close()))
    this.#caches.clear()
  }
}
