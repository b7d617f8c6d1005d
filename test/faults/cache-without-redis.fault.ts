import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { Row } from '../coherence/row.js'
import { OpenedCaches } from '../failures/opened-caches.js'
import { elapsed } from '../support/elapsed.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { report, SLACK } from './report.js'
import { Callers } from './whole-cache.js'

/** How often each fault is looked at, and how fast callers come. */
const RATE = 500

describe('A cache whose Redis is away', function () {
  this.timeout(60_000)
  const caches = new OpenedCaches()
  let server: RedisServer | undefined
  let proxy: ChaosProxy | undefined
  let callers: Callers | undefined

  afterEach(async () => {
    await callers?.stop()
    await caches.close()
    await proxy?.close()
    server?.thaw()
    await server?.stop()
    server = proxy = callers = undefined
  })

  const proxied = async (): Promise<[ChaosProxy, Cache, Cache]> => {
    server = await startRedis()
    proxy = await startProxy(server)
    const near = { redis: server.url, memory: false } as const
    const far = { redis: proxy.url, memory: false } as const
    return [proxy, await caches.ready(far), await caches.ready(near)]
  }

  it('F1: at boot, calls are answered by the method, and Redis is used once it is there', async () => {
    const port = await freePort()
    const begun = performance.now()
    const cache = caches.open({ redis: `redis://127.0.0.1:${port}`, memory: false })
    const row = new Row()
    for (let id = 0; id < 10; id += 1) expect(await cache.getOrLoad(id, row.load)).to.equal(1)
    const answered = performance.now() - begun
    expect((await cache.health()).status).to.equal('degraded')
    server = await startRedis([], { port })
    const started = performance.now()
    await eventually(async () => {
      await cache.getOrLoad('hit', row.load)
      return cache.has('hit')
    })
    const hit = performance.now() - started
    report('F1', { 'ten answers at boot': answered, 'first hit': hit })
    expect(answered).to.be.below(100 * SLACK)
    expect(hit).to.be.below(1_000 * SLACK)
    await eventually(async () => (await cache.health()).status === 'up')
  })

  it('F2: killed during a load, callers get the value of one run of the method', async () => {
    const killed = (server = await startRedis())
    const cache = await caches.ready({ redis: killed.url, memory: false })
    const row = new Row()
    const held = row.hold()
    const calls = Array.from({ length: 20 }, () => cache.getOrLoad('row', row.load))
    await held.reached
    await killed.kill()
    held.open()
    expect(new Set(await Promise.all(calls))).to.deep.equal(new Set([1]))
    expect(row.loads).to.equal(1)
    callers = new Callers(cache, RATE)
    await elapsed(2_000)
    await killed.start()
    const started = performance.now()
    await eventually(() => cache.has(0))
    const hit = performance.now() - started
    report('F2', { p99: callers.quantile(0.99, 0, 2_000), 'first hit': hit })
    expect(callers.errors).to.deep.equal([])
    expect(hit).to.be.below(1_000 * SLACK)
  })

  const outages: Record<string, [() => void, () => void]> = {
    'F3: frozen for 6 s': [() => server?.freeze(), () => server?.thaw()],
    'F4: answering after 5 s': [
      () => {
        if (proxy !== undefined) proxy.latency = 5_000
      },
      () => proxy?.clear(),
    ],
    'F6: half-open': [
      () => {
        if (proxy !== undefined) proxy.lost = 'both'
      },
      () => proxy?.clear(),
    ],
    'F9: cut in each reply': [
      () => {
        if (proxy !== undefined) proxy.cutAfter = 40
        proxy?.kill()
      },
      () => {
        proxy?.clear()
        proxy?.kill()
      },
    ],
  }
  for (const [fault, [begin, end]] of Object.entries(outages)) {
    it(`${fault}, it costs callers no error and little time, and an evict is repeated until all see it`, async () => {
      const [, cache, other] = await proxied()
      const row = new Row()
      await cache.getOrLoad('row', row.load)
      await eventually(() => other.has('row'))
      callers = new Callers(cache, RATE)
      await eventually(() => callers?.calls.some(({ at }) => at > 300))
      begin()
      const begun = callers.now
      row.version = 2
      const evicting = performance.now()
      const { durable } = await cache.delete('row')
      const evicted = performance.now() - evicting
      expect(await cache.getOrLoad('row', row.load), 'quarantined').to.equal(2)
      await elapsed(6_000)
      end()
      const ended = performance.now()
      await eventually(async () => (await other.getOrLoad('row', row.load)) === 2)
      const fresh = performance.now() - ended
      await eventually(() => cache.has(0))
      const hit = performance.now() - ended
      await callers.stop()
      const figures = {
        'p99 of the first second': callers.quantile(0.99, begun, begun + 1_000),
        'p95 after it': callers.quantile(0.95, begun + 1_000, begun + 6_000),
        longest: callers.quantile(1, begun, begun + 6_000),
        'the evict': evicted,
        'fresh elsewhere': fresh,
        'first hit': hit,
      }
      report(fault, figures)
      expect(callers.errors).to.deep.equal([])
      expect(durable).to.equal(false)
      // A read and a lease, each within its deadline.
      expect(figures['p99 of the first second']).to.be.below(200 * SLACK)
      expect(figures['p95 after it']).to.be.below(1 * SLACK)
      expect(evicted).to.be.below(200 * SLACK)
      expect(fresh).to.be.below(2_000 * SLACK)
      expect(hit).to.be.below(1_000 * SLACK)
      const { calls, hits, misses, stale, bypassed, errors } = cache.stats().total
      expect(hits + misses + stale + bypassed + errors, 'I28').to.equal(calls)
    })
  }

  it('F7: with only its log half-open, memory is not used for longer than the bound', async () => {
    const alive = (server = await startRedis())
    proxy = await startProxy(alive)
    const follower = await caches.ready({ redis: proxy.url })
    const writer = await caches.ready({ redis: alive.url })
    const row = new Row()
    const [mine, theirs] = [writer.namespace('rows'), follower.namespace('rows')]
    await eventually(async () => (await follower.health()).redis?.isLogTrusted)
    await theirs.getOrLoad(1, row.load)
    expect(theirs.peek(1)).to.equal(1)
    proxy.lost = 'replies'
    const lost = performance.now()
    row.version = 2
    expect((await mine.delete(1)).durable).to.equal(true)
    await eventually(async () => (await theirs.getOrLoad(1, row.load)) === 2)
    const stale = performance.now() - lost
    report('F7', { 'stale for': stale })
    expect(stale).to.be.below(2_000 * SLACK)
  })

  it('F34: evictions that a follower was cut off from are seen when it is back', async () => {
    const alive = (server = await startRedis())
    proxy = await startProxy(alive)
    const follower = await caches.ready({ redis: proxy.url })
    const writer = await caches.ready({ redis: alive.url })
    const ids = Array.from({ length: 1_000 }, (_, id) => id)
    let version = 1
    const read = (id: number): Promise<number> => follower.getOrLoad(id, async () => version)
    await eventually(async () => (await follower.health()).redis?.isLogTrusted)
    await Promise.all(ids.map((id) => read(id)))
    proxy.refusing = true
    proxy.kill()
    version = 2
    await elapsed(1_500)
    const evicted = await writer.namespace('default').deleteMany(ids)
    expect(evicted.durable).to.equal(true)
    await elapsed(2_500)
    proxy.clear()
    await eventually(async () => (await follower.health()).status === 'up')
    const values = await Promise.all(ids.map((id) => read(id)))
    expect(values.filter((value) => value !== 2)).to.deep.equal([])
  })

  it('F25: during a write pause reads go on, and an evict is bounded and confirmed after it', async () => {
    const paused = (server = await startRedis())
    const cache = await caches.ready({ redis: paused.url, memory: false })
    const row = new Row()
    await cache.getOrLoad('kept', row.load)
    await eventually(() => cache.has('kept'))
    await paused.ask('CLIENT', 'PAUSE', 2_000, 'WRITE')
    const begun = performance.now()
    const { durable } = await cache.delete('other')
    const evicted = performance.now() - begun
    let longest = 0
    while (performance.now() - begun < 1_500) {
      const at = performance.now()
      expect(await cache.getOrLoad('kept', row.load)).to.equal(1)
      longest = Math.max(longest, performance.now() - at)
      await new Promise(setImmediate)
    }
    await eventually(async () => (await cache.health()).redis?.unconfirmedInvalidations === 0)
    const confirmed = performance.now() - begun
    report('F25', { 'the evict': evicted, 'longest read': longest, 'confirmed after': confirmed })
    expect(durable).to.equal(false)
    expect(evicted).to.be.below(200 * SLACK)
    expect(confirmed).to.be.below(3_000 * SLACK)
    expect(row.loads).to.equal(1)
  })
})
