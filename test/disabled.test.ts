import { expect } from 'chai'

import type { CacheOptions } from '../src/cache-options.js'
import { createCache } from '../src/create-cache.js'
import { CacheConfig } from '../src/decorators/cache-config.js'
import { CacheEvict } from '../src/decorators/cache-evict.js'
import { CachePut } from '../src/decorators/cache-put.js'
import { Cached } from '../src/decorators/cached.js'
import { entryOf } from '../src/entry-handle.js'
import { createTestCache } from '../src/testing.js'
import { weave } from '../src/weave.js'
import { OpenedCaches, PATIENT } from './failures/opened-caches.js'
import { redisUrl } from './support/redis.js'

@CacheConfig({ namespace: 'users' })
class Users {
  runs = 0
  stored = 'first'

  @Cached({ ttl: '1h' })
  async name(_id: string): Promise<string> {
    this.runs += 1
    return this.stored
  }

  @CachePut({ entry: 'name', key: (id: string) => id })
  async rename(_id: string, name: string): Promise<string> {
    this.stored = name
    return name
  }

  @CacheEvict({ entry: 'name' })
  async remove(_id: string): Promise<void> {
    this.stored = 'removed'
  }
}

describe('A cache that is switched off', () => {
  for (const [how, options] of [
    ['enabled: false', { enabled: false }],
    ['defaults: { enabled: false }', { defaults: { enabled: false } }],
    ['enabled: false, without memory', { enabled: false, memory: false }],
  ] as const satisfies readonly (readonly [string, CacheOptions])[]) {
    it(`makes plain calls of everything, and nothing of it throws: ${how}`, async () => {
      const cache = createCache(options)
      const users = weave(new Users(), cache)
      const handle = entryOf(users, 'name')
      await users.name('1')
      await users.rename('1', 'second')
      expect(await users.name('1')).to.equal('second')
      expect(handle.peek('1')).to.equal(undefined)
      expect(await handle.get('1')).to.equal('second')
      expect(await handle.refresh('1')).to.equal('second')
      expect(users.runs).to.equal(4)
      expect(await handle.put(['1'], 'put')).to.include({ durable: true, stored: false })
      expect(handle.peek('1')).to.equal(undefined)
      expect(await handle.evict('1')).to.include({ durable: true })
      expect(await handle.evictAll()).to.include({ durable: true })
      expect(await handle.explain('1')).to.include({ source: 'bypass', reason: 'disabled' })
      await users.remove('1')
      const { total, memory } = cache.stats()
      expect(total).to.include({ calls: 0, hits: 0, misses: 0, loads: 0 })
      expect(memory.items).to.equal(0)
      await cache.close()
    })

    it(`keeps nothing by hand either: ${how}`, async () => {
      const cache = createCache(options)
      expect(await cache.set('key', 'value')).to.include({ durable: true, stored: false })
      await cache.setMany([['other', 1]])
      expect(await cache.get('key')).to.equal(undefined)
      expect(await cache.has('key')).to.equal(false)
      expect(await cache.ttl('key')).to.equal(undefined)
      expect(await cache.getMany(['key', 'other'])).to.deep.equal(new Map())
      expect(cache.namespace('default').peek('key')).to.equal(undefined)
      let loads = 0
      const load = async (): Promise<number> => (loads += 1)
      expect([
        await cache.getOrLoad('key', load),
        await cache.getOrLoad('key', load),
      ]).to.deep.equal([1, 2])
      expect(await cache.namespace('default').explain('key')).to.include({ reason: 'disabled' })
      expect(await cache.delete('key')).to.include({ durable: true })
      expect(await cache.expire('key')).to.equal(true)
      expect(await cache.invalidateTags(['tag'])).to.include({ durable: true })
      expect(await cache.unitOfWork(async () => cache.namespace('default').clear())).to.include({
        unconfirmed: 1,
      })
      expect(cache.stats().total.calls).to.equal(0)
      await cache.close()
    })
  }

  it('says in its health that it is', async () => {
    const { cache } = createTestCache({ enabled: false })
    expect(await cache.health()).to.deep.include({
      status: 'up',
      warnings: ['enabled: the cache is switched off; calls run their methods'],
    })
    await cache.close()
  })

  it('I1: still tells others of what its methods change', async () => {
    const caches = new OpenedCaches()
    const options = { redis: redisUrl(), timeouts: PATIENT }
    /** What a process reads that has just been started, and whose database says `stored`. */
    const read = async (stored: string): Promise<string> => {
      const cache = await caches.ready(options)
      const users = weave(new Users(), cache)
      users.stored = stored
      const name = await users.name('1')
      await cache.close()
      return name
    }
    const off = weave(new Users(), await caches.ready({ ...options, enabled: false }))
    expect(await read('first')).to.equal('first')
    expect(await read('second')).to.equal('first')
    await off.rename('1', 'second')
    expect(await read('second')).to.equal('second')
    expect(await read('third')).to.equal('second')
    await off.remove('1')
    expect(await read('third')).to.equal('third')
    await caches.close()
  })
})
