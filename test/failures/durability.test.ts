import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { OpenedCaches } from './opened-caches.js'

@CacheConfig({ namespace: 'names' })
class Names {
  @Cached()
  async name(id: string): Promise<string> {
    return id
  }

  @CacheEvict({ entry: 'name' })
  async forget(_id: string): Promise<void> {}

  @CachePut({ entry: 'name' })
  async rename(id: string): Promise<string> {
    return id
  }
}

/** What invalidates, and tells how many replicas have it. */
const WAYS: Record<string, (cache: Cache, names: Names) => Promise<{ replicas: number }>> = {
  delete: (cache) => cache.delete('key'),
  'an invalidated tag': (cache) => cache.invalidateTags(['tag']),
  'a clear of a namespace': (cache) => cache.namespace('rows').clear(),
  set: (cache) => cache.set('key', 1),
  'a handle that evicts': (cache, names) => cache.entryOf(names, 'name').evict('1'),
  'a handle that puts': (cache, names) => cache.entryOf(names, 'name').put(['1'], 'one'),
  '@CacheEvict': (cache, names) => cache.outcome(() => names.forget('1')),
  '@CachePut': (cache, names) => cache.outcome(() => names.rename('1')),
  'a unit of work': (cache, names) =>
    cache.outcome(() =>
      cache.unitOfWork(async () => {
        await names.forget('1')
        await names.rename('2')
      }),
    ),
}

describe('A cache that asks replicas, by `durability`', function () {
  this.timeout(30_000)
  const caches = new OpenedCaches()
  let master: RedisServer
  let replica: RedisServer

  before(async () => {
    master = await startRedis(['--repl-diskless-sync-delay', '0'])
    replica = await startRedis(['--replicaof', '127.0.0.1', String(master.port)])
    await eventually(async () =>
      /state=online/.test(String(await master.ask('INFO', 'replication'))),
    )
  })

  afterEach(() => caches.close())

  after(() => Promise.all([master.stop(), replica.stop()]))

  const opened = async (durability: number, write: number): Promise<[Cache, Names]> => {
    const timeouts = { read: '10s', write } as const
    const cache = await caches.ready({ redis: master.url, timeouts, durability })
    return [cache, cache.weave(new Names())]
  }

  for (const [way, invalidate] of Object.entries(WAYS)) {
    it(`I20: is told how many have it: ${way}`, async () => {
      const [cache, names] = await opened(1, 10_000)
      expect(await invalidate(cache, names)).to.include({ durable: true, replicas: 1 })
    })
  }

  it('I20: asks nobody unless it is told to', async () => {
    const [cache, names] = await opened(0, 10_000)
    await master.ask('CONFIG', 'RESETSTAT')
    for (const invalidate of Object.values(WAYS)) {
      expect(await invalidate(cache, names)).to.include({ durable: true, replicas: 0 })
    }
    expect(String(await master.ask('INFO', 'commandstats'))).to.not.match(/cmdstat_wait:/)
  })

  it('I20: has what replicas there are when there are less than it wants, within its deadline', async () => {
    const [cache] = await opened(2, 600)
    expect(await cache.delete('key')).to.include({ durable: true, replicas: 1 })
    expect(await cache.set('key', 1)).to.include({ durable: true, replicas: 1, stored: true })
  })
})
