import { expect } from 'chai'
import { Cluster } from 'ioredis'
import { Cluster as Cluster5 } from 'ioredis-5'

import { hashSlot } from '../../src/redis/hash-slot.js'
import { RedisReplyError } from '../../src/redis/link.js'
import type { RedisInput } from '../../src/redis/redis-options.js'
import { eventually } from '../support/eventually.js'
import { startProxy } from '../support/proxy.js'
import { type RedisCluster, type RedisServer, startCluster } from '../support/servers.js'
import { closeAll, Connected, resources, script } from './connected.js'

/** A key in the slots of each of the three masters. */
const KEYS = ['app:{b}', 'app:{c}', 'app:{a}']

describe('RedisConnections to a cluster', function () {
  this.timeout(20_000)
  let cluster: RedisCluster

  before(async () => {
    cluster = await startCluster({ replicas: 0 })
  })

  afterEach(async () => {
    await closeAll()
  })

  after(async () => {
    await cluster.stop()
  })

  const inputs: Record<string, () => RedisInput> = {
    'the addresses of its nodes': () => ({ cluster: cluster.addresses }),
    'the address of one node': () => ({ cluster: cluster.addresses.slice(1, 2) }),
    'a dead node and a live one': () => ({
      cluster: ['127.0.0.1:1', ...cluster.addresses.slice(0, 1)],
    }),
    'a Cluster of ioredis 6': () => new Cluster(cluster.addresses, { lazyConnect: true }),
    'a Cluster of ioredis 5': () =>
      new Cluster5(cluster.addresses, {
        lazyConnect: true,
        keyPrefix: 'unwanted:',
        scaleReads: 'all',
      }),
  }
  for (const [name, input] of Object.entries(inputs)) {
    it(`F51: finds every master by ${name}`, async () => {
      const connected = await new Connected(input()).ready()
      expect(connected.link.isCluster).to.equal(true)
      for (const key of KEYS) {
        await connected.set(key, key, 1_000)
        expect(await connected.get(key, 1_000)).to.deep.equal(Buffer.from(key))
        const owner = await cluster.ownerOf(key)
        expect(await owner.ask('EXISTS', key)).to.equal(1)
      }
    })
  }

  it('F33: knows the slots as the cluster does', async () => {
    const [node] = cluster.nodes
    for (const key of [...KEYS, '', 'plain', 'app:{}x', '{{x}}', 'app:{ü}', 'a{b}c{d}']) {
      expect(hashSlot(key), key).to.equal(await node?.ask('CLUSTER', 'KEYSLOT', key))
    }
    const owners = await Promise.all(KEYS.map((key) => cluster.ownerOf(key)))
    expect(new Set(owners)).to.have.property('size', 3)
  })

  it('F1: makes the first calls wait for the map and the connection', async () => {
    const connected = new Connected({ cluster: cluster.addresses })
    expect(await connected.set(KEYS[0] ?? '', 'value', 1_000)).to.deep.equal(Buffer.from('OK'))
  })

  it('F32: follows slots that move back and forth, with no error to anybody', async () => {
    const connected = await new Connected({ cluster: cluster.addresses }).ready()
    const key = KEYS[0] ?? ''
    const [from, to] = await sourceAndTarget(key)
    await connected.set(key, 'value', 1_000)
    const running = keepCalling(connected, key)
    for (const [source, target] of [
      [from, to],
      [to, from],
    ] as const) {
      await migrate(hashSlot(key), source, target)
    }
    const outcomes = await running.stop()
    expect(outcomes.length).to.be.greaterThan(20)
    expect(new Set(outcomes.map(({ error }) => error))).to.deep.equal(new Set([undefined]))
    expect(new Set(outcomes.map(({ reply }) => String(reply)))).to.deep.equal(new Set(['value']))
  })

  it('F32: asks the target for a key that has moved ahead of its slot', async () => {
    const connected = await new Connected({ cluster: cluster.addresses }).ready()
    const key = KEYS[1] ?? ''
    const slot = hashSlot(key)
    const [from, to] = await sourceAndTarget(key)
    await connected.set(key, 'value', 1_000)
    await to.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from))
    await from.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(to))
    await from.ask('MIGRATE', '127.0.0.1', to.port, key, 0, 1_000)
    expect(await connected.get(key, 1_000)).to.deep.equal(Buffer.from('value'))
    await connected.set(key, 'other', 1_000)
    expect(await connected.get(key, 1_000)).to.deep.equal(Buffer.from('other'))
    await migrate(slot, from, to)
    await migrate(slot, to, from)
  })

  it('F33: refuses keys of two slots in one script as an error of Redis, and goes on', async () => {
    const connected = await new Connected({ cluster: cluster.addresses }).ready()
    const both = script(false, `return redis.call('DEL', KEYS[1], KEYS[2])`)
    const error: unknown = await connected.link
      .evaluate(both, [KEYS[0] ?? '', KEYS[1] ?? ''], [], 1_000)
      .catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(RedisReplyError)
    expect((await connected.try(KEYS[0], 1_000)).error).to.equal(undefined)
  })

  it('reads the log on the master of its slot, and goes after it when the slot moves', async () => {
    const connected = await new Connected({ cluster: cluster.addresses }).ready()
    const keys = { log: '{app#log}:stream', tail: '{app#log}:tail' }
    const log = connected.connections.openLog(keys)
    const position = await log.attach()
    const [from, to] = await sourceAndTarget(keys.log)
    await migrate(hashSlot(keys.log), from, to)
    try {
      expect(await log.tail()).to.equal(position.tail)
      const reading = log.readAfter('0-0', 2_000)
      await to.ask('XADD', keys.log, '*', 't', 'a', 'p', position.tail, 'o', 'me', 'n', '[]')
      expect(await reading).to.have.lengthOf(1)
    } finally {
      await migrate(hashSlot(keys.log), to, from)
    }
  })

  it('adds up what all masters tell', async () => {
    const connected = await new Connected({ cluster: cluster.addresses }).ready()
    const statistics = await connected.connections.statistics()
    expect(statistics.connected).to.equal(true)
    expect(statistics.connections).to.be.at.least(6)
  })

  it('counts the replicas of the right master', async () => {
    const connected = await new Connected({ cluster: cluster.addresses }).ready()
    expect(await connected.link.wait(KEYS[2] ?? '', 0, 1_000)).to.equal(0)
  })

  it('I29: leaves no socket and no timer when it is closed, also with masters frozen', async () => {
    const before = await resources()
    const connected = await new Connected({ cluster: cluster.addresses }).ready()
    const log = connected.connections.openLog({ log: '{app#log}:stream', tail: '{app#log}:tail' })
    // Ready says that commands are taken; the master of one slot may be connected a moment later.
    await eventually(() => log.attach().catch(() => undefined))
    for (const node of cluster.nodes) node.freeze()
    try {
      const running = KEYS.map((key) => connected.try(key, 10_000))
      const closing = performance.now()
      await connected.connections.close()
      expect(performance.now() - closing).to.be.lessThan(500)
      const errors = (await Promise.all(running)).map(({ error }) => error)
      expect(new Set(errors)).to.deep.equal(new Set(['RedisUnavailableError']))
      expect(await resources()).to.deep.equal(before)
    } finally {
      for (const node of cluster.nodes) node.thaw()
      await cluster.waitUntilHealthy()
    }
  })

  it('goes where the map of addresses says instead of where the cluster says', async () => {
    const proxies = await Promise.all(cluster.nodes.map((node) => startProxy(node)))
    try {
      const natMap = Object.fromEntries(
        cluster.nodes.map((node, index) => [
          `127.0.0.1:${node.port}`,
          { host: '127.0.0.1', port: proxies[index]?.port ?? 0 },
        ]),
      )
      const seeds = proxies.slice(0, 1).map(({ port }) => `127.0.0.1:${port}`)
      const connected = await new Connected({ cluster: seeds, natMap }).ready()
      for (const key of KEYS) expect((await connected.try(key, 1_000)).error).to.equal(undefined)
      expect(proxies.map(({ accepted }) => accepted >= 2)).to.deep.equal([true, true, true])
    } finally {
      await closeAll()
      await Promise.all(proxies.map((proxy) => proxy.close()))
    }
  })

  it('F13: tries rights on the masters of the keys, and finds none missing', async () => {
    const connected = await new Connected({ cluster: cluster.addresses }).ready()
    expect(await connected.connections.selfTest()).to.deep.equal({ usable: true, problems: [] })
  })

  it('F13: tells that one node of a cluster is not enough', async () => {
    const [node] = cluster.nodes
    const connected = new Connected(node?.url ?? '')
    await eventually(() => connected.connections.refusal)
    expect(connected.connections.refusal).to.match(/cluster/)
  })

  async function sourceAndTarget(key: string): Promise<[RedisServer, RedisServer]> {
    const from = await cluster.ownerOf(key)
    const to = cluster.nodes.find((node) => node !== from)
    if (to === undefined) throw new Error('one node only')
    return [from, to]
  }

  /** Moves a slot with everything in it, as redis-cli does it. */
  async function migrate(slot: number, from: RedisServer, to: RedisServer): Promise<void> {
    await to.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from))
    await from.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(to))
    for (;;) {
      const keys = (await from.ask('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[]
      if (keys.length === 0) break
      await from.ask('MIGRATE', '127.0.0.1', to.port, '', 0, 1_000, 'KEYS', ...keys)
    }
    for (const node of [to, from, ...cluster.nodes]) {
      await node.ask('CLUSTER', 'SETSLOT', slot, 'NODE', await idOf(to))
    }
    // Until then a late message of the old owner can give the slot back to it.
    await eventually(async () => new Set(await Promise.all(cluster.nodes.map(viewOf))).size === 1)
  }

  /** Who has which slots, and since which epoch, as a node sees it. */
  async function viewOf(node: RedisServer): Promise<string> {
    const lines = String(await node.ask('CLUSTER', 'NODES')).split('\n')
    const known = lines
      .map((line) => line.split(' '))
      .sort(([one = ''], [other = '']) => (one < other ? -1 : 1))
    return known
      .map(([id, , , , , , epoch, , ...slots]) => [id, epoch, ...slots].join(' '))
      .join('\n')
  }

  async function idOf(node: RedisServer): Promise<string> {
    return String(await node.ask('CLUSTER', 'MYID'))
  }
})

interface Caller {
  stop(): Promise<{ reply: unknown; error: string | undefined }[]>
}

/** Calls again and again, one call after the other, until it is stopped. */
function keepCalling(connected: Connected, key: string): Caller {
  let isStopped = false
  const outcomes: { reply: unknown; error: string | undefined }[] = []
  const running = (async () => {
    while (!isStopped) outcomes.push(await connected.try(key, 1_000))
  })()
  return {
    async stop() {
      isStopped = true
      await running
      return outcomes
    },
  }
}
