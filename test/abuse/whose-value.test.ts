import { AsyncLocalStorage } from 'node:async_hooks'

import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { CacheError } from '../../src/errors.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

const users = new AsyncLocalStorage<string>()

@CacheConfig({ namespace: 'abuse-tenants' })
class Tenants {
  readonly tenant: string
  loads = 0

  constructor(tenant: string) {
    this.tenant = tenant
  }

  @Cached({
    scope(this: Tenants) {
      return this.tenant
    },
  })
  async mine(id: number): Promise<string> {
    this.loads += 1
    return `${this.tenant}:${id}`
  }

  @Cached({ scope: () => users.getStore(), ttl: '10s', staleWhileRevalidate: '1m', jitter: 0 })
  async profile(id: number): Promise<string> {
    this.loads += 1
    const user = users.getStore()
    await Promise.resolve()
    return `${user}:${id}`
  }

  @Cached({
    scope: (kind: string) => {
      if (kind === 'throws') throw new Error('no user')
      return kind === 'empty' ? '' : undefined
    },
  })
  async unscoped(_kind: string): Promise<number> {
    this.loads += 1
    return this.loads
  }
}

@CacheConfig({ namespace: 'abuse-open' })
class Open {
  @Cached()
  async read(id: number): Promise<number> {
    return id
  }
}

describe('Whose value it is', () => {
  const woven = (tenant: string, cache: Cache = createCache()): [Tenants, Cache] => [
    cache.weave(new Tenants(tenant)),
    cache,
  ]

  it('S12: two instances with a tenant each get their own, with the same arguments', async () => {
    const [one, cache] = woven('one')
    const [two] = woven('two', cache)
    for (let round = 0; round < 3; round += 1) {
      expect(await one.mine(1)).to.equal('one:1')
      expect(await two.mine(1)).to.equal('two:1')
    }
    expect([one.loads, two.loads]).to.deep.equal([1, 1])
  })

  it('S13: two users with 1,000 calls each in turn never meet, in flight, stored or refreshed', async () => {
    const clock = new FakeClock()
    const [service] = woven('any', createCache({ clock }))
    const call = (index: number): Promise<boolean> => {
      const user = index % 2 === 0 ? 'alice' : 'bob'
      const id = Math.floor(index / 2) % 10
      return users.run(user, async () => (await service.profile(id)) === `${user}:${id}`)
    }
    for (let round = 0; round < 4; round += 1) {
      const right = await Promise.all(Array.from({ length: 500 }, (_, index) => call(index)))
      expect(right.every(Boolean)).to.equal(true)
      await clock.advance(11_000)
    }
    expect(service.loads).to.be.within(20, 80)
  })

  for (const kind of ['undefined', 'empty', 'throws']) {
    it(`S14: a scope that is ${kind} passes the call by the cache, and it is counted`, async () => {
      const [service, cache] = woven('any')
      expect([await service.unscoped(kind), await service.unscoped(kind)]).to.deep.equal([1, 2])
      expect(cache.stats().total.bypassed).to.equal(2)
      expect(cache.stats().memory.items).to.equal(0)
    })
  }

  it('S13: requireScope refuses a class whose entry has no scope', () => {
    const cache = createCache({ requireScope: true })
    expect(() => cache.weave(new Open()))
      .to.throw(/scope/)
      .that.satisfies(CacheError.is)
  })

  it('S41: what one user has cached cannot be probed by another', async () => {
    const rows = createCache().namespace('rows')
    await rows.set(1, 'secret', { scope: 'alice' })
    expect(await rows.has(1, { scope: 'bob' })).to.equal(false)
    expect(await rows.get(1)).to.equal(undefined)
    for (const scope of ['', undefined as never]) {
      expect(() => rows.peek(1, { scope })).to.throw(
        /^namespace rows: scope: expected a non-empty /,
      )
    }
    expect((await rows.explain(1, { scope: 'bob' })).source).to.equal('load')
  })

  it('S15: a scope with the version of a permission leaves what was seen before out of reach', async () => {
    const rows = createCache().namespace('rows')
    await rows.set('report', 'numbers', { scope: 'alice#1' })
    expect(await rows.get('report', { scope: 'alice#2' })).to.equal(undefined)
  })
})
