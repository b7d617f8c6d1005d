import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import type { Cache } from '../../src/cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'
import { type Gate, gate } from '../support/gate.js'
import { freshPrefix, redisUrl } from '../support/redis.js'

@CacheConfig({ namespace: 'rows' })
class Rows {
  held: Gate | undefined

  @Cached({ ttl: '1m' })
  async row(id: string): Promise<string> {
    await this.held?.wait()
    return `row ${id}`
  }

  @CacheEvict({ entry: 'row' })
  async change(_id: string): Promise<void> {}
}

describe('the reason of a miss after an evict that came at once', () => {
  let cache: Cache
  let rows: Rows

  for (const [where, redis] of [
    ['in memory', undefined],
    ['with Redis', redisUrl()],
  ] as const) {
    describe(where, () => {
      beforeEach(async () => {
        const timeouts = { read: '10s', write: '10s' } as const
        cache = createCache({ redis, prefix: freshPrefix(), timeouts })
        expect(await cache.ready('10s')).to.equal(true)
        rows = cache.weave(new Rows())
      })

      afterEach(() => cache.close())

      it('is the evict, when the value was on its way to Redis', async () => {
        await rows.row('1')
        await rows.change('1')
        await rows.row('1')
        expect(reasons()).to.deep.equal({ cold: 1, evicted: 1 })
      })

      it('is the evict, when the method was still running', async () => {
        rows.held = gate()
        const call = rows.row('1')
        await rows.held.reached
        const changing = rows.change('1')
        rows.held.open()
        await Promise.all([call, changing])
        // What is noted for the next miss is noted when the callers of this one have their answer.
        await new Promise((resolve) => setImmediate(resolve))
        await rows.row('1')
        expect(reasons()).to.deep.equal({ cold: 1, evicted: 1 })
      })
    })
  }

  function reasons(): unknown {
    return cache.stats().entries['rows/row']?.missReasons
  }
})
