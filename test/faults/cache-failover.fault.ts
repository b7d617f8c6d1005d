import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import type { RedisInput } from '../../src/redis/redis-options.js'
import { OpenedCaches } from '../failures/opened-caches.js'
import { eventually } from '../support/eventually.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import {
  type RedisCluster,
  type RedisSentinels,
  type RedisServer,
  startCluster,
  startRedis,
  startSentinels,
} from '../support/servers.js'
import { report, SLACK } from './report.js'
import { Callers } from './whole-cache.js'

/** Replication begins without the wait for further replicas. */
const AT_ONCE = ['--repl-diskless-sync-delay', '0']
const IDS = Array.from({ length: 50 }, (_, id) => id)

describe('A cache whose Redis becomes another one', function () {
  this.timeout(90_000)
  const caches = new OpenedCaches()
  const proxies: ChaosProxy[] = []
  const servers: RedisServer[] = []
  let group: RedisSentinels | RedisCluster | undefined
  let callers: Callers | undefined
  let version = 1

  beforeEach(() => {
    version = 1
  })

  afterEach(async () => {
    await callers?.stop()
    callers = undefined
    await caches.close()
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
    await Promise.all(servers.splice(0).map((server) => server.stop()))
    const stopping = group
    group = undefined
    if (stopping === undefined) return
    const all = 'nodes' in stopping ? stopping.nodes : [...stopping.servers, ...stopping.sentinels]
    for (const server of all) server.thaw()
    await stopping.stop()
  })

  const two = (redis: RedisInput): Promise<[Cache, Cache]> => {
    const options = { redis, memory: false } as const
    return Promise.all([caches.ready(options), caches.ready(options)])
  }
  const read = (cache: Cache): Promise<number[]> =>
    Promise.all(IDS.map((id) => cache.namespace('rows').getOrLoad(id, async () => version)))
  const stored = async (cache: Cache): Promise<void> => {
    await read(cache)
    await eventually(async () => (await cache.namespace('rows').getMany(IDS)).size === IDS.length)
  }
  /**
   * How long it takes until Redis itself has nothing but what is fresh for `cache`. What the method
   * answers while Redis is away says nothing of that.
   */
  const convergence = async (cache: Cache): Promise<number> => {
    const begun = performance.now()
    await eventually(async () => {
      await read(cache)
      const kept = await cache.namespace('rows').getMany<number>(IDS)
      return kept.size === IDS.length && [...kept.values()].every((value) => value === version)
    }, 20_000)
    return performance.now() - begun
  }
  const fresh = (): number[] => IDS.map(() => version)
  /** For how long after an evict readers are still given what was loading before it. */
  const lagOf = async (cache: Cache): Promise<number> => {
    const begun = performance.now()
    await eventually(async () => (await read(cache)).every((value) => value === version), 10_000)
    return performance.now() - begun
  }
  const evict = async (cache: Cache): Promise<boolean> => {
    version += 1
    return (await cache.namespace('rows').deleteMany(IDS)).durable
  }

  it('F17: on a master that was demoted, evicts are repeated on the real one', async () => {
    const [old, next] = await Promise.all([startRedis(AT_ONCE), startRedis()])
    servers.push(old, next)
    const target = { port: old.port }
    const proxy = await startProxy(target)
    proxies.push(proxy)
    const [writer, reader] = await two(proxy.url)
    await stored(writer)
    await next.ask('REPLICAOF', '127.0.0.1', old.port)
    await eventually(async () =>
      /master_link_status:up/.test(String(await next.ask('INFO', 'replication'))),
    )
    await next.ask('REPLICAOF', 'NO', 'ONE')
    await old.ask('REPLICAOF', '127.0.0.1', next.port)
    expect(await evict(writer)).to.equal(false)
    expect(await read(writer)).to.deep.equal(IDS.map(() => 2))
    target.port = next.port
    proxy.kill()
    const took = await convergence(reader)
    report('F17', { 'fresh elsewhere': took })
    expect(took).to.be.below(2_000 * SLACK)
  })

  it('F26: restarted from an older RDB, evicts of the last minute are repeated', async () => {
    const server = await startRedis()
    servers.push(server)
    const [writer, reader] = await two(server.url)
    await stored(writer)
    await server.ask('SAVE')
    expect(await evict(writer)).to.equal(true)
    await server.restart()
    const keys = (await server.ask('KEYS', `${caches.prefix}:rows:*`)) as string[]
    expect(keys, 'what was evicted is back').to.have.length.above(0)
    const took = await convergence(reader)
    report('F26', { 'fresh elsewhere': took })
    expect(took).to.be.below(2_000 * SLACK)
    await eventually(async () => (await writer.health()).status === 'up')
    expect(await read(reader)).to.deep.equal(IDS.map(() => 2))
  })

  it('F28: after a failover that lost acknowledged evicts, they are repeated', async () => {
    const master = await startRedis(AT_ONCE)
    const replication = await startProxy(master)
    const args = ['--replicaof', '127.0.0.1', String(replication.port)]
    const replica = await startRedis(args)
    servers.push(master, replica)
    const target = { port: master.port }
    const proxy = await startProxy(target)
    proxies.push(replication, proxy)
    const [writer, reader] = await two(proxy.url)
    await stored(writer)
    const offset = async (of: RedisServer): Promise<string | undefined> =>
      /(?:slave_repl|master_repl)_offset:(\d+)/.exec(
        String(await of.ask('INFO', 'replication')),
      )?.[1]
    await eventually(async () => (await replica.ask('EXISTS', await anyKey(master))) === 1)
    await eventually(async () => (await offset(replica)) === (await offset(master)))
    replication.lost = 'both'
    expect(await evict(writer), 'acknowledged by the master').to.equal(true)
    await master.kill()
    await replica.ask('REPLICAOF', 'NO', 'ONE')
    expect(await replica.ask('EXISTS', await anyKey(replica)), 'the evict was lost').to.equal(1)
    target.port = replica.port
    proxy.kill()
    const took = await convergence(reader)
    report('F28', { 'fresh elsewhere': took })
    expect(took).to.be.below(2_000 * SLACK)
    await eventually(async () => (await writer.health()).status === 'up')
    expect(await read(reader)).to.deep.equal(IDS.map(() => 2))
  })

  for (const fault of ['killed', 'frozen'] as const) {
    it(`F27: its sentinels promote a replica of a master that is ${fault}, with no error to callers`, async () => {
      const sentinels = await startSentinels({ downAfter: 1_000 })
      group = sentinels
      const sentinel = { name: sentinels.name, nodes: sentinels.addresses }
      const [writer, reader] = await two({ sentinel })
      await stored(writer)
      const old = await sentinels.master()
      callers = new Callers(writer, 200)
      await eventually(() => callers?.calls.some(({ at }) => at > 300))
      if (fault === 'killed') await old.kill()
      else old.freeze()
      const durable = await evict(writer)
      expect(await read(writer)).to.deep.equal(IDS.map(() => 2))
      await eventually(async () => (await sentinels.master()) !== old, 30_000)
      const promoted = performance.now()
      await eventually(() => writer.has(0), 10_000)
      const hit = performance.now() - promoted
      const took = await convergence(reader)
      await callers.stop()
      report(`F27 ${fault}`, {
        longest: callers.quantile(1),
        'first hit': hit,
        'fresh elsewhere': took,
      })
      expect(durable).to.equal(false)
      expect(callers.errors).to.deep.equal([])
      expect(callers.quantile(1)).to.be.below(300 * SLACK)
      expect(took).to.be.below(2_000 * SLACK)
    })

    it(`F29: a cluster promotes the replica of a master that is ${fault}, with no error to callers`, async () => {
      const cluster = await startCluster({ nodeTimeout: 1_000 })
      group = cluster
      const [writer, reader] = await two({ cluster: cluster.addresses })
      await stored(writer)
      callers = new Callers(writer, 200)
      await eventually(() => callers?.calls.some(({ at }) => at > 300))
      const [old] = cluster.masters
      if (fault === 'killed') await old?.kill()
      else old?.freeze()
      const began = performance.now()
      const durable = await evict(writer)
      expect(await read(writer)).to.deep.equal(IDS.map(() => 2))
      const took = await convergence(reader)
      await eventually(async () => (await writer.health()).status === 'up', 20_000)
      const up = performance.now() - began
      await callers.stop()
      report(`F29 ${fault}`, {
        longest: callers.quantile(1),
        'fresh elsewhere': took,
        'all well': up,
      })
      expect(durable, 'I31: one of three masters is gone').to.equal(false)
      expect(callers.errors).to.deep.equal([])
      expect(callers.quantile(1)).to.be.below(300 * SLACK)
      expect(await read(reader)).to.deep.equal(IDS.map(() => 2))
    })
  }

  it('F30: a cluster fails over by hand three times: 0 errors, and no acknowledged evict is undone', async () => {
    let longest = 0
    const cluster = await startCluster({ nodeTimeout: 1_000 })
    group = cluster
    const [writer, reader] = await two({ cluster: cluster.addresses })
    await stored(writer)
    callers = new Callers(reader, 100)
    for (let time = 0; time < 3; time += 1) {
      await cluster.waitUntilHealthy()
      const master = await cluster.ownerOf('{0}')
      const candidate = await eventually(() => cluster.replicaOf(master))
      const failing = candidate?.ask('CLUSTER', 'FAILOVER')
      const end = performance.now() + 2_500
      while (performance.now() < end) {
        const durable = await evict(writer)
        if (!durable) continue
        expect(await read(writer), 'where it was evicted, at once').to.deep.equal(fresh())
        longest = Math.max(longest, await lagOf(reader))
      }
      await failing
      await eventually(async () => (await cluster.ownerOf('{0}')) !== master, 10_000)
    }
    const took = await convergence(reader)
    await callers.stop()
    report('F30', { p99: callers.quantile(0.99), lag: longest, 'fresh elsewhere': took })
    // Bounded: a load that was running elsewhere is joined there until the evict is heard of.
    expect(longest).to.be.below(2_000 * SLACK)
    expect(callers.errors).to.deep.equal([])
    expect(callers.quantile(0.99)).to.be.below(200 * SLACK)
  })

  it('F31: of a cluster two of three masters are gone: callers get no error, and soon wait for nothing', async () => {
    const cluster = await startCluster({ nodeTimeout: 1_000, replicas: 0 })
    group = cluster
    const [writer] = await two({ cluster: cluster.addresses })
    await stored(writer)
    callers = new Callers(writer, 200)
    await eventually(() => callers?.calls.some(({ at }) => at > 300))
    await Promise.all(cluster.masters.slice(1).map((master) => master.kill()))
    const killed = callers.now
    expect(await evict(writer), 'I31').to.equal(false)
    await eventually(() => (callers?.now ?? 0) > killed + 5_000, 10_000)
    const [longest, p95] = [callers.quantile(1), callers.quantile(0.95, killed + 2_000)]
    await callers.stop()
    report('F31', { longest, 'p95 after two seconds': p95 })
    expect(callers.errors).to.deep.equal([])
    expect(p95).to.be.below(1 * SLACK)
    expect(await read(writer)).to.deep.equal(IDS.map(() => 2))
  })
})

async function anyKey(server: RedisServer): Promise<string> {
  const [key] = (await server.ask('KEYS', '*:rows:*{*')) as string[]
  if (key === undefined) throw new Error('nothing is stored')
  return key
}
