import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { eventually } from '../support/eventually.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { seededRandom } from '../support/random.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { expectAccount, expectBalance } from './balance.js'

const SEED = 20_251_124

@CacheConfig({ namespace: 'rows' })
class Rows {
  readonly random = seededRandom(SEED)

  @Cached({ ttl: 40, staleIfError: '1m', staleWhileRevalidate: 20 })
  async bounded(id: number): Promise<number> {
    return this.#row(id)
  }

  @Cached({ ttl: '1m', consistency: 'strict' })
  async strict(id: number): Promise<number> {
    return this.#row(id)
  }

  @Cached({ ttl: '1m', tiers: ['redis'], tags: () => ['all'] })
  async shared(id: number): Promise<number> {
    return this.#row(id)
  }

  @CacheEvict({ entry: 'strict' })
  async change(_id: number): Promise<void> {}

  async #row(id: number): Promise<number> {
    if (this.random() < 0.2) throw new Error('no row')
    return id
  }
}

/** What is done to the network of the first process, one after the other. */
const FAULTS: readonly ((proxy: ChaosProxy) => void)[] = [
  (proxy) => proxy.kill(),
  (proxy) => {
    proxy.lost = 'both'
  },
  (proxy) => {
    proxy.clear()
    proxy.kill()
  },
  (proxy) => {
    proxy.refusing = true
    proxy.kill()
  },
  (proxy) => {
    proxy.clear()
    proxy.latency = 60
    proxy.jitter = 80
  },
  (proxy) => {
    proxy.corruption = 0.02
  },
  (proxy) => {
    proxy.clear()
    proxy.kill()
  },
]

describe('the counters of two processes and one Redis', function () {
  this.timeout(60_000)
  let server: RedisServer
  let proxy: ChaosProxy
  const open: Cache[] = []

  beforeEach(async () => {
    server = await startRedis()
    proxy = await startProxy(server)
  })

  afterEach(async () => {
    await Promise.all(open.splice(0).map((cache) => cache.close()))
    await proxy.close()
    await server.stop()
  })

  it('I28: add up to the calls of each, through every fault of the network', async () => {
    const first = processAt(proxy.port)
    const second = processAt(server.port)
    await Promise.all([first, second].map(({ cache }) => cache.ready(5_000)))
    const random = seededRandom(SEED)
    const running: Promise<unknown>[] = []
    for (const spoil of FAULTS) {
      for (let turn = 0; turn < 60; turn += 1) {
        for (const process of [first, second]) running.push(...process.work(random))
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        expectBalance(first.cache.stats())
      }
      spoil(proxy)
      // Some of what was begun must meet the fault, and some of it must outlive it.
      await Promise.race([Promise.all(running), first.cache.health({ probe: true })])
    }
    await Promise.all(running)
    for (const { cache, observer, calls } of [first, second]) {
      expectAccount(cache.stats(), calls(), observer.calls)
      const { total } = cache.stats()
      expect(Math.min(total.hits, total.redisHits, total.misses, total.errors)).to.be.above(0)
    }
    expect(first.cache.stats().invalidations.unconfirmed).to.be.above(0)
    await eventually(() => first.cache.stats().redis?.unconfirmedInvalidations === 0, 20_000)
    expect(second.cache.stats().invalidations.elsewhere).to.be.above(0)
  })

  function processAt(port: number) {
    const observer = new RecordingObserver()
    const cache = createCache({ redis: `redis://127.0.0.1:${port}`, prefix: 'rows', observer })
    open.push(cache)
    const rows = cache.weave(new Rows())
    let calls = 0
    const work = (random: () => number): Promise<unknown>[] => {
      const id = Math.floor(random() * 8)
      calls += 5
      const begun: Promise<unknown>[] = [
        rows.bounded(id),
        rows.bounded(id),
        rows.strict(id),
        rows.shared(id),
        cache.get(id),
      ]
      if (random() < 0.1) begun.push(rows.change(id))
      return begun.map((call) => call.catch(() => undefined))
    }
    return { cache, observer, work, calls: () => calls }
  }
})
