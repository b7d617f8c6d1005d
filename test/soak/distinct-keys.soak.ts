import { expect } from 'chai'

import type { CacheOptions } from '../../src/cache-options.js'
import { createCache } from '../../src/create-cache.js'
import { freePort } from '../support/free-port.js'
import { startRedis } from '../support/servers.js'
import { readDistinctKeys } from './distinct-keys.js'
import { usedHeap } from './used-heap.js'

const KEYS = 1_000_000
const MEBIBYTE = 1_048_576
const memory = { maxItems: 10_000, maxBytes: 8 * MEBIBYTE }
/**
 * What a cache holds beside its values: tags and misses that it remembers, 10,000 and more of each,
 * and while Redis is away the keys that Redis does not know of.
 */
const BOOKKEEPING = 32 * MEBIBYTE

describe('A cache that is asked for a million keys', function () {
  this.timeout(0)

  const ways: Record<string, () => Promise<{ redis?: string; stop: () => Promise<void> }>> = {
    'without Redis': async () => ({ stop: async () => undefined }),
    'with a Redis that makes room by itself': async () => {
      const server = await startRedis(['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'])
      return { redis: server.url, stop: () => server.stop() }
    },
    'whose Redis is not there': async () => ({
      redis: `redis://127.0.0.1:${await freePort()}`,
      stop: async () => undefined,
    }),
  }
  for (const [way, prepare] of Object.entries(ways)) {
    it(`F48, S25: takes no more memory at the end than after a tenth of them, ${way}`, async () => {
      const { redis, stop } = await prepare()
      const options: CacheOptions = { memory, ...(redis !== undefined && { redis }) }
      const before = usedHeap()
      const cache = createCache(options)
      await cache.ready(1_000)
      let tenth = 0
      await readDistinctKeys(cache, KEYS, (done) => {
        if (done === KEYS / 10) tenth = usedHeap()
      })
      const end = usedHeap()
      const { memory: kept, total } = cache.stats()
      await cache.close()
      await stop()
      const inMebibytes = (bytes: number): string => (bytes / MEBIBYTE).toFixed(1)
      console.log(
        `      ${way}: ${inMebibytes(end - before)} MiB, of it values ${inMebibytes(kept.bytes)}, since a tenth ${inMebibytes(end - tenth)}`,
      )
      expect(total.calls).to.equal(KEYS)
      expect(kept.items).to.be.at.most(memory.maxItems)
      expect(kept.bytes).to.be.at.most(memory.maxBytes)
      expect(end - before).to.be.below(memory.maxBytes + BOOKKEEPING)
      expect(end - tenth).to.be.below(2 * MEBIBYTE)
    })
  }
})
