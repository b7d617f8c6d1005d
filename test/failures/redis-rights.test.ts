import { readFile } from 'node:fs/promises'

import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import type { RedisInput } from '../../src/redis/redis-options.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { deferred } from '../support/gate.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startCluster, startRedis } from '../support/servers.js'
import { OpenedCaches, PATIENT } from './opened-caches.js'

/** What docs/configuration.md says that a user of Redis needs for a cache, and nothing else. */
const RIGHTS = {
  /** Sent as commands. */
  commands: ['eval', 'evalsha', 'get', 'xread', 'info', 'ping', 'wait', 'client|setname'],
  /** Run by our scripts. */
  inScripts: [
    ...['del', 'time', 'hset', 'hget', 'hlen', 'hkeys', 'hdel', 'pexpire', 'pttl', 'set', 'mget'],
    ...['xadd', 'xrevrange'],
  ],
  /** More on a cluster. */
  onCluster: ['cluster|slots', 'asking'],
  keys: (prefix: string): string[] => [`~${prefix}*`, `~{${prefix}*`],
}
const USER = 'shop'
const PASSWORD = 'word'
const IDS = Array.from({ length: 12 }, (_, id) => `row {${id}}`)

describe('A cache whose user has exactly the rights that are documented', function () {
  this.timeout(60_000)
  const caches = new OpenedCaches()
  const servers: RedisServer[] = []

  afterEach(async () => {
    await caches.close()
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  })

  const rulesOf = (commands: readonly string[]): string[] => [
    ...['on', `>${PASSWORD}`, ...RIGHTS.keys(caches.prefix)],
    ...commands.map((command) => `+${command}`),
  ]
  const allow = (server: RedisServer, commands: readonly string[]): Promise<unknown> =>
    server.ask('ACL', 'SETUSER', USER, 'reset', ...rulesOf(commands))
  const refusals = async (server: RedisServer): Promise<string[]> => {
    const log = (await server.ask('ACL', 'LOG')) as unknown[][]
    return log.map((entry) => String(entry[entry.indexOf('object') + 1]))
  }
  const opened = (redis: RedisInput, observer: RecordingObserver): Promise<[Cache, Cache]> => {
    const options = { redis, observer, timeouts: PATIENT, durability: 1 }
    return Promise.all([caches.ready(options), caches.ready(options)])
  }

  it('F13, F52: does all that it can do on one server, is refused nothing, and uses each of them', async () => {
    const server = await startRedis(['--repl-diskless-sync-delay', '0'])
    servers.push(server)
    servers.push(await startRedis(['--replicaof', '127.0.0.1', String(server.port)]))
    await allow(server, [...RIGHTS.commands, ...RIGHTS.inScripts])
    await eventually(async () =>
      /state=online/.test(String(await server.ask('INFO', 'replication'))),
    )
    const observer = new RecordingObserver()
    const url = `redis://${USER}:${PASSWORD}@127.0.0.1:${server.port}`
    const [one, other] = await opened(url, observer)
    await server.ask('CONFIG', 'RESETSTAT')
    await everything(one, other)
    await server.ask('CLIENT', 'KILL', 'USER', USER)
    await eventually(() => observer.connections.some(({ kind }) => kind === 'lost'))
    await eventually(async () => (await one.redisStats())?.connected === true)
    await eventually(async () => (await one.health()).status === 'up')
    // The log is lost, and begun anew.
    await server.ask('FLUSHALL')
    const unused = async (): Promise<string[]> => {
      const statistics = String(await server.ask('INFO', 'commandstats'))
      const used = new Set([...statistics.matchAll(/cmdstat_([^:]+):/g)].map(([, name]) => name))
      return [...RIGHTS.commands, ...RIGHTS.inScripts].filter((name) => !used.has(name))
    }
    await eventually(async () => !(await unused()).includes('xrevrange'))
    await caches.close()
    expect(await refusals(server)).to.deep.equal([])
    expect(observer.connections.filter(({ kind }) => kind === 'warning')).to.deep.equal([])
    // Asked of a server that may not be asked who it is.
    expect(await unused()).to.deep.equal(['ping'])
  })

  it('F13, F33: does all that it can do on a cluster, and is refused nothing', async () => {
    const cluster = await startCluster()
    servers.push(...cluster.nodes)
    const commands = [...RIGHTS.commands, ...RIGHTS.inScripts, ...RIGHTS.onCluster]
    await Promise.all(cluster.nodes.map((node) => allow(node, commands)))
    const observer = new RecordingObserver()
    const nodes = cluster.addresses
    const redis = { cluster: nodes, username: USER, password: PASSWORD }
    const [one, other] = await opened(redis, observer)
    await everything(one, other)
    expect(await one.redisStats()).to.include({ connected: true })
    await caches.close()
    const refused = await Promise.all(cluster.nodes.map((node) => refusals(node)))
    expect(refused.flat()).to.deep.equal([])
    expect(observer.connections.filter(({ kind }) => kind === 'warning')).to.deep.equal([])
  })

  it('F13: is told of each of them that it lacks', async () => {
    const server = await startRedis()
    servers.push(server)
    const all = [...RIGHTS.commands, ...RIGHTS.inScripts]
    const harmless = new Set(['evalsha', 'ping', 'client|setname'])
    for (const lacking of all.filter((command) => !harmless.has(command))) {
      await allow(
        server,
        all.filter((command) => command !== lacking),
      )
      const observer = new RecordingObserver()
      const redis = { port: server.port, username: USER, password: PASSWORD }
      const cache = caches.open({ redis, observer, timeouts: PATIENT })
      await eventually(() => observer.connections.some(({ message }) => /lacks/.test(message)))
      const messages = observer.connections.map(({ message }) => message).join('\n')
      expect(messages).to.match(new RegExp(String.raw`lacks (\+\S+ )*\+${lacking}\b`))
      expect(await cache.getOrLoad('row', async () => 1)).to.equal(1)
      await caches.close()
    }
  })

  it('is what docs/configuration.md says', async () => {
    const text = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
    const listed = (names: readonly string[]): string => names.map((name) => `+${name}`).join(' ')
    expect(text).to.include(listed(RIGHTS.commands))
    expect(text).to.include(listed(RIGHTS.inScripts))
    expect(text).to.include(listed(RIGHTS.onCluster))
    expect(text).to.include(RIGHTS.keys('shop').join(' '))
  })
})

/** Every kind of operation, each with what it must bring. */
async function everything(one: Cache, other: Cache): Promise<void> {
  const [mine, theirs] = [one.namespace('rows'), other.namespace('rows')]
  const confirmed = async (change: Promise<{ readonly durable: boolean }>): Promise<void> => {
    expect((await change).durable).to.equal(true)
  }
  let version = 1
  const read = (rows: typeof mine, id: string): Promise<number> =>
    rows.getOrLoad(id, async () => version, { tags: [`tag of ${id}`], scope: 'one' })
  const agree = async (): Promise<void> => {
    for (const id of IDS) expect(await read(mine, id)).to.equal(version)
    await eventually(async () => {
      const values = await Promise.all(IDS.map((id) => read(theirs, id)))
      return values.every((value) => value === version)
    })
  }
  const changes: (() => Promise<void>)[] = [
    () => confirmed(mine.deleteMany(IDS, { scope: 'one' })),
    () => confirmed(mine.clear()),
    () => confirmed(mine.clearScope('one')),
    () => confirmed(one.invalidateTags(IDS.map((id) => `tag of ${id}`))),
    async () => {
      for (const id of IDS) await confirmed(mine.delete(id, { scope: 'one' }))
    },
    async () => {
      const puts = IDS.map((id) =>
        mine
          .set(id, version, { scope: 'one', tags: [`tag of ${id}`] })
          .then(({ durable }) => durable),
      )
      expect(await Promise.all(puts)).to.deep.equal(IDS.map(() => true))
    },
    () => one.unitOfWork(async () => void (await mine.deleteMany(IDS, { scope: 'one' }))),
  ]
  await agree()
  for (const change of changes) {
    version += 1
    await change()
    await agree()
  }
  expect(await mine.expire(IDS[0] ?? '', { scope: 'one' })).to.equal(true)
  expect((await one.getMany(IDS)).size).to.equal(0)
  await one.setMany(IDS.map((id) => [id, id] as const))
  await eventually(async () => (await other.getMany(IDS)).size === IDS.length)
  expect(await one.ttl(IDS[0] ?? '')).to.be.above(0)
  // A load that is so long that its lease is renewed, and one that gives its lease back.
  const held = deferred<number>()
  const slow = one.getOrLoad('slow', () => held.promise)
  const begun = performance.now()
  await eventually(() => performance.now() - begun > 500)
  held.resolve(1)
  expect(await slow).to.equal(1)
  const failing = one.getOrLoad('failing', async () => Promise.reject(new Error('the method')))
  expect(await failing.catch((error: unknown) => String(error))).to.equal('Error: the method')
  expect(await one.health({ probe: true })).to.deep.include({ status: 'up', reasons: [] })
  expect(one.stats().total.fencedStores + one.stats().total.refusedValues).to.equal(0)
}
