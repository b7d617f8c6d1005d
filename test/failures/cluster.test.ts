import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { hashSlot } from '../../src/redis/hash-slot.js'
import { eventually } from '../support/eventually.js'
import { type RedisCluster, type RedisServer, startCluster } from '../support/servers.js'
import { OpenedCaches, PATIENT } from './opened-caches.js'

const IDS = Array.from({ length: 60 }, (_, id) => `user {${id}}`)

describe('A cache on a cluster of three masters and three replicas', function () {
  this.timeout(40_000)
  const caches = new OpenedCaches()
  let cluster: RedisCluster
  let one: Cache
  let other: Cache
  let version = 0

  before(async () => {
    cluster = await startCluster()
    const redis = { cluster: cluster.addresses }
    // Strict, so that a reader elsewhere joins nothing that was loading before it heard of an evict.
    const defaults = { consistency: 'strict' } as const
    const options = { redis, memory: false, timeouts: PATIENT, defaults } as const
    ;[one, other] = await Promise.all([caches.ready(options), caches.ready(options)])
  })

  beforeEach(() => {
    version += 1
  })

  after(async () => {
    await caches.close()
    await cluster.stop()
  })

  const read = async (cache: Cache): Promise<Set<number>> => {
    const rows = cache.namespace('rows')
    const options = (index: number) => ({ tags: [`odd-${index % 2}`, `third-${index % 3}`] })
    return new Set(
      await Promise.all(
        IDS.map((id, index) => rows.getOrLoad(id, async () => version, options(index))),
      ),
    )
  }
  const filled = async (cache: Cache): Promise<void> => {
    await read(cache)
    await eventually(async () => (await cache.namespace('rows').getMany(IDS)).size === IDS.length)
  }
  const errorsOf = async (server: RedisServer): Promise<string> =>
    String(await server.ask('INFO', 'errorstats'))

  it('F33: keys with braces are spread over all masters', () => {
    const slots = IDS.map((id) => hashSlot(`x:{${encodeURIComponent(id)}}`))
    expect(new Set(slots.map((slot) => Math.floor(slot / 5_462))).size).to.equal(3)
  })

  const ways: Record<string, (cache: Cache) => Promise<unknown>> = {
    'an evict of many keys': (cache) => cache.namespace('rows').deleteMany(IDS),
    'two tags': (cache) => cache.invalidateTags(['odd-0', 'odd-1']),
    'three tags': (cache) => cache.invalidateTags(['third-0', 'third-1', 'third-2']),
    'a cleared namespace': (cache) => cache.namespace('rows').clear(),
    'puts of many keys': (cache) =>
      cache.namespace('rows').setMany(IDS.map((id) => [id, version] as const)),
    'keys made stale': (cache) => Promise.all(IDS.map((id) => cache.namespace('rows').expire(id))),
    'a unit of work': (cache) =>
      cache.unitOfWork(async () => {
        await cache.namespace('rows').deleteMany(IDS)
        await cache.invalidateTags(['odd-0'])
      }),
  }
  for (const [what, invalidate] of Object.entries(ways)) {
    it(`F33: ${what} over all masters is seen by another process`, async () => {
      await filled(one)
      version += 1
      await invalidate(one)
      expect(await read(other)).to.deep.equal(new Set([version]))
    })
  }

  it('F32: slots that move meanwhile cost no error, and evicts hold', async () => {
    await filled(one)
    const [from, to] = cluster.masters
    if (from === undefined || to === undefined) throw new Error('no masters')
    const nodes = [from, to] as const
    const slots = [...new Set(IDS.map((id) => hashSlot(`{${encodeURIComponent(id)}}`)))]
    const moved = slots.filter((slot) => slot < 5_461).slice(0, 8)
    let moving = true
    const migration = (async () => {
      for (const [source, target] of [nodes, [to, from]] as const) {
        for (const slot of moved) await migrate(slot, source, target, cluster.masters)
      }
    })().finally(() => {
      moving = false
    })
    let rounds = 0
    try {
      while (moving) {
        version += 1
        const { durable } = await one.namespace('rows').deleteMany(IDS)
        const seen = await read(other)
        if (durable) expect(seen).to.deep.equal(new Set([version]))
        rounds += 1
      }
    } finally {
      await migration
    }
    expect(rounds).to.be.above(1)
    expect(one.stats().total.errors + other.stats().total.errors).to.equal(0)
  })

  it('F33: no master was ever asked for keys of two slots', async () => {
    for (const node of cluster.nodes) {
      expect(await errorsOf(node)).not.to.match(/CROSSSLOT/)
      expect(node.log).not.to.match(/CROSSSLOT|non local key/i)
    }
  })
})

/** Moves a slot with all its keys. */
async function migrate(
  slot: number,
  source: RedisServer,
  target: RedisServer,
  masters: readonly RedisServer[],
): Promise<void> {
  const [sourceId, targetId] = [await idOf(source), await idOf(target)]
  await target.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId)
  await source.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId)
  for (;;) {
    const keys = (await source.ask('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]
    if (keys.length === 0) break
    await source.ask('MIGRATE', '127.0.0.1', target.port, '', 0, 1_000, 'REPLACE', 'KEYS', ...keys)
  }
  for (const node of [target, source, ...masters]) {
    await node.ask('CLUSTER', 'SETSLOT', slot, 'NODE', targetId)
  }
}

async function idOf(node: RedisServer): Promise<string> {
  return String(await node.ask('CLUSTER', 'MYID'))
}
