import { randomBytes } from 'node:crypto'

import { expect } from 'chai'

import type { CacheOptions } from '../../src/cache-options.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { Row } from '../coherence/row.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { OpenedCaches, PATIENT } from './opened-caches.js'

describe('A cache on a Redis that refuses', function () {
  this.timeout(20_000)
  let server: RedisServer
  let caches: OpenedCaches

  before(async () => {
    server = await startRedis(['--enable-protected-configs', 'yes'])
  })

  beforeEach(async () => {
    caches = new OpenedCaches()
    await server.ask('FLUSHALL')
  })

  afterEach(() => caches.close())
  after(() => server.stop())

  const shared = (more: CacheOptions = {}): CacheOptions => ({
    redis: server.url,
    memory: false,
    timeouts: PATIENT,
    ...more,
  })

  it('F19: at maxmemory, hits are served, fills refused, and evict, clear and tags still work', async () => {
    const [writer, reader] = await Promise.all([caches.ready(shared()), caches.ready(shared())])
    const names = ['evicted', 'cleared', 'tagged'] as const
    const rows = names.map(() => new Row())
    const read = (cache: typeof reader, index: number): Promise<number> => {
      const row = rows[index] ?? new Row()
      return cache.namespace(names[index] ?? '').getOrLoad(1, row.load, { tags: [`t${index}`] })
    }
    for (const index of names.keys()) {
      await read(writer, index)
      await eventually(() => writer.namespace(names[index] ?? '').has(1))
    }
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    try {
      for (const index of names.keys()) expect(await read(reader, index)).to.equal(1)
      expect(rows.map(({ loads }) => loads)).to.deep.equal([1, 1, 1])
      for (const row of rows) row.version = 2
      const evicted = await writer.namespace('evicted').delete(1)
      const cleared = await writer.namespace('cleared').clear()
      const tagged = await writer.invalidateTags(['t2'])
      expect([evicted, cleared, tagged].map(({ durable }) => durable)).to.deep.equal([
        true,
        true,
        true,
      ])
      for (const index of names.keys()) {
        expect(await read(reader, index)).to.equal(2)
        // Whoever comes while the store is tried shares the load.
        await eventually(() => reader.stats().background.running <= 1)
        expect(await read(reader, index)).to.equal(2)
      }
      expect(Math.min(...rows.map(({ loads }) => loads)), 'nothing could be stored').to.equal(3)
    } finally {
      await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    }
    await eventually(async () => {
      await read(reader, 0)
      return reader.namespace('evicted').has(1)
    })
  })

  it('F20: what allkeys-lru evicts, versions among them, is missed and never stale', async () => {
    await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    const observer = new RecordingObserver()
    const [writer, reader] = await Promise.all([
      caches.ready(shared({ observer })),
      caches.ready(shared()),
    ])
    try {
      await server.ask('CONFIG', 'SET', 'maxmemory', '3mb')
      // Compressed it would not fill Redis.
      const filler = randomBytes(10_000).toString('hex')
      const versions = Array.from({ length: 400 }, () => 0)
      let stale = 0
      for (let round = 1; round <= 6; round += 1) {
        await Promise.all(
          versions.map(async (_, id) => {
            versions[id] = round
            await writer.namespace(`n${id % 20}`).delete(id)
          }),
        )
        await Promise.all(
          versions.map(async (version, id) => {
            const load = async (): Promise<[number, string]> => [versions[id] ?? 0, filler + id]
            const options = { tags: [`tag${id % 50}`] }
            const [got] = await reader.namespace(`n${id % 20}`).getOrLoad(id, load, options)
            if (got < version) stale += 1
          }),
        )
        await eventually(() => reader.stats().background.running <= 1)
      }
      const evicted = Number(
        /evicted_keys:(\d+)/.exec(String(await server.ask('INFO', 'stats')))?.[1],
      )
      expect(evicted).to.be.above(100)
      expect(stale).to.equal(0)
      expect(reader.stats().total.errors).to.equal(0)
    } finally {
      await server.ask('CONFIG', 'SET', 'maxmemory', '0')
      await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    }
  })

  it('F21: at MISCONF hits are served, an evict says that it is not durable, and is repeated until it is', async () => {
    const [writer, reader] = await Promise.all([caches.ready(shared()), caches.ready(shared())])
    const row = new Row()
    const [mine, theirs] = [writer.namespace('rows'), reader.namespace('rows')]
    await mine.getOrLoad(1, row.load)
    await eventually(() => theirs.has(1))
    await server.ask('CONFIG', 'SET', 'save', '3600 1')
    await server.ask('CONFIG', 'SET', 'dir', '/proc')
    await server.ask('BGSAVE')
    await eventually(async () =>
      /rdb_last_bgsave_status:err/.test(String(await server.ask('INFO', 'persistence'))),
    )
    try {
      expect(await theirs.getOrLoad(1, row.load)).to.equal(1)
      expect(row.loads).to.equal(1)
      row.version = 2
      expect((await mine.delete(1)).durable).to.equal(false)
      expect(await mine.getOrLoad(1, row.load), 'quarantined').to.equal(2)
      const { status, redis } = await writer.health()
      expect(status).to.equal('degraded')
      expect(redis?.unconfirmedInvalidations).to.equal(1)
    } finally {
      await server.ask('CONFIG', 'SET', 'dir', server.directory)
      await server.ask('CONFIG', 'SET', 'save', '')
      await server.ask('BGSAVE')
    }
    await eventually(async () => (await theirs.getOrLoad(1, row.load)) === 2)
    await eventually(async () => (await writer.health()).status === 'up')
  })

  it('F22: a script of somebody else that keeps Redis busy is a miss, and is not killed by us', async () => {
    const cache = await caches.ready(shared({ timeouts: { read: '100ms', write: '200ms' } }))
    const row = new Row()
    await server.ask('CONFIG', 'SET', 'busy-reply-threshold', '50')
    await server.ask('CONFIG', 'RESETSTAT')
    const busy = server.client()
    const loop = `local t = redis.call('TIME') local e = t[1] * 1000000 + t[2] + 1500000
      repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] > e return 'whole'`
    let ended = false
    const script = busy.eval(loop, 0).finally(() => {
      ended = true
    })
    while (!ended) {
      expect(await cache.getOrLoad(1, row.load)).to.equal(1)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    expect(await script).to.equal('whole')
    expect(String(await server.ask('INFO', 'commandstats'))).not.to.match(/script\|kill/)
    await eventually(async () => {
      await cache.getOrLoad(1, row.load)
      return cache.has(1)
    })
  })

  it('F23: scripts that Redis forgets all the time cost no error and no order', async () => {
    const cache = await caches.ready(shared())
    const versions = Array.from({ length: 50 }, () => 0)
    let flushes = 0
    let running = true
    const flushing = (async () => {
      while (running) {
        await server.ask('SCRIPT', 'FLUSH')
        flushes += 1
      }
    })()
    try {
      for (let round = 1; round <= 20; round += 1) {
        await Promise.all(
          versions.map(async (_, id) => {
            versions[id] = round
            expect((await cache.delete(id)).durable).to.equal(true)
            const value = await cache.getOrLoad(id, async () => versions[id])
            expect(value).to.equal(round)
          }),
        )
      }
    } finally {
      running = false
      await flushing
    }
    expect(flushes).to.be.above(20)
    expect(cache.stats().total.errors).to.equal(0)
  })

  it('F24: FLUSHALL at any moment makes nothing stale, and one load per key and process', async () => {
    const [writer, reader] = await Promise.all([caches.ready(shared()), caches.ready(shared())])
    const versions = Array.from({ length: 20 }, () => 0)
    for (let round = 1; round <= 30; round += 1) {
      const flush = server.ask('FLUSHALL')
      await Promise.all(
        versions.map(async (_, id) => {
          versions[id] = round
          const { durable } = await writer.delete(id)
          let loads = 0
          const read = (): Promise<number | undefined> =>
            reader.getOrLoad(id, async () => {
              loads += 1
              return versions[id]
            })
          const values = await Promise.all(Array.from({ length: 20 }, read))
          expect(durable).to.equal(true)
          expect(new Set(values)).to.deep.equal(new Set([round]))
          expect(loads).to.be.at.most(1)
        }),
      )
      await flush
    }
  })

  for (const consistency of ['bounded', 'strict'] as const) {
    it(`F50: a method that calls itself by way of another key does not wait for its own lease (${consistency})`, async () => {
      const cache = await caches.ready({ redis: server.url, defaults: { consistency } })
      let visits = 0
      const first = async (): Promise<string> => {
        visits += 1
        return visits === 1 ? `A(${await cache.getOrLoad('B', second)})` : 'again'
      }
      const second = async (): Promise<string> => `B(${await cache.getOrLoad('A', first)})`
      expect(await cache.getOrLoad('A', first)).to.equal('A(B(again))')
      expect(visits).to.equal(2)
    })
  }
})
