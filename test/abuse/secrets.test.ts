import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'

import { expect } from 'chai'

import { CacheError } from '../../src/errors.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { resources } from '../redis/connected.js'
import { RecordingLogger } from '../observability/recording-logger.js'
import { OpenedCaches, PATIENT } from '../failures/opened-caches.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startRedis } from '../support/servers.js'

const PASSWORD = 'marker-password-5f1c'
const ARGUMENT = 'marker-argument-9b2e@example.org'
const VALUE = 'marker-value-77d0'
const TAG = 'marker-tag-31aa'
const SCOPE = 'marker-scope-c04b'
const MARKER = /marker-(password|argument|value|tag|scope)/

describe('Secrets of a cache', function () {
  this.timeout(20_000)
  const caches = new OpenedCaches()
  let server: RedisServer

  before(async () => {
    server = await startRedis(['--requirepass', PASSWORD], {
      clientOptions: { password: PASSWORD },
    })
  })

  afterEach(() => caches.close())
  after(() => server.stop())

  const opened = () => {
    const observer = new RecordingObserver()
    const logger = new RecordingLogger()
    const redis = { port: server.port, password: PASSWORD }
    const options = { observer, logger, keyMode: 'digest', timeouts: PATIENT } as const
    return { observer, logger, redis, options }
  }

  it('S33, S34: appear in nothing that a cache tells, and in no command but as digests', async () => {
    const { observer, logger, redis, options } = opened()
    const monitoring = server.client({ lazyConnect: true })
    await monitoring.connect()
    const monitor = await monitoring.monitor()
    const seen: string[] = []
    monitor.on('monitor', (_time: string, command: string[]) => seen.push(command.join(' ')))
    const cache = await caches.ready({
      ...options,
      redis,
      encryption: { current: 'one', keys: { one: randomBytes(32) } },
    })
    const rows = cache.namespace('rows')
    const extra = { tags: [TAG], scope: SCOPE }
    expect(await rows.getOrLoad(ARGUMENT, async () => VALUE, extra)).to.equal(VALUE)
    await eventually(() => rows.has(ARGUMENT, { scope: SCOPE }))
    await rows.set([ARGUMENT, { email: ARGUMENT }], VALUE, extra)
    await rows.delete(ARGUMENT, { scope: SCOPE })
    await rows.clearScope(SCOPE)
    await cache.invalidateTags([TAG])
    const errors = await failures(cache)
    const told = [
      ...[observer.calls, observer.loads, observer.invalidations, observer.connections],
      observer.warnings,
      logger,
      cache,
      cache.stats(),
      await cache.health({ probe: true }),
      await cache.redisStats(),
      JSON.stringify(cache),
      rows,
      errors,
      errors.map((error) => (error instanceof Error ? [error.message, error.stack] : error)),
    ]
    await eventually(() => seen.length > 10)
    monitor.disconnect()
    // The error that the method itself threw is the caller's own.
    expect(inspect(told, { depth: 20, showHidden: true })).not.to.match(MARKER)
    expect(seen.join('\n')).not.to.match(MARKER)
    const keys = (await server.ask('KEYS', '*')) as string[]
    expect(keys.join('\n')).not.to.match(MARKER)
    const dump = await Promise.all(keys.map(async (key) => server.ask('DUMP', key)))
    expect(dump.map(String).join('\n')).not.to.match(MARKER)
    expect(String(await server.ask('SLOWLOG', 'GET', 100))).not.to.match(MARKER)
  })

  it('S34: a refused login, full memory and a broken entry do not bring them out', async () => {
    const { observer, logger, redis, options } = opened()
    const cache = caches.open({
      ...options,
      keyMode: 'readable',
      redis: { ...redis, password: `${PASSWORD}-wrong` },
    })
    await eventually(() => observer.connections.some(({ kind }) => kind === 'failed'))
    expect(await cache.getOrLoad(ARGUMENT, async () => VALUE)).to.equal(VALUE)
    const good = await caches.ready({ ...options, redis, memory: false })
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    await good.getOrLoad(ARGUMENT, async () => VALUE, { tags: [TAG] })
    await good.delete(ARGUMENT)
    await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    await good.getOrLoad(ARGUMENT, async () => VALUE)
    await eventually(() => good.has(ARGUMENT))
    const [key = ''] = (await server.ask('KEYS', `${caches.prefix}:default:*`)) as string[]
    const fields = (await server.ask('HKEYS', key)) as string[]
    for (const field of fields) await server.ask('HSET', key, field, `broken ${VALUE}`)
    expect(await good.getOrLoad(ARGUMENT, async () => VALUE)).to.equal(VALUE)
    await eventually(() => observer.warnings.length > 0)
    const told = [observer, logger, cache, good, cache.stats(), good.stats(), await cache.health()]
    expect(inspect(told, { depth: 20, showHidden: true })).not.to.match(MARKER)
    expect(JSON.stringify([observer, cache, good])).not.to.match(MARKER)
  })

  it('S34: a key that is none is refused before anything runs, and not shown', async () => {
    const { redis, options } = opened()
    const before = await resources()
    const encryption = { current: 'one', keys: { one: VALUE } }
    expect(() => caches.open({ ...options, redis, encryption }))
      .to.throw(/32 bytes/)
      .that.satisfies((error: unknown) => !MARKER.test(inspect(error)))
    expect(await resources()).to.deep.equal(before)
    await new Promise(setImmediate)
    expect(await resources()).to.deep.equal(before)
  })

  it('S35: 10,000 keys, tags and errors add nothing to the names in the statistics', async () => {
    const cache = caches.open()
    const rows = cache.namespace('rows')
    await rows.getOrLoad('first', async () => 1, { tags: ['first'] })
    const before = names(cache.stats())
    for (let id = 0; id < 10_000; id += 1) {
      const options = { tags: [`${TAG}-${id}`], scope: `${SCOPE}-${id}` }
      const load = async (): Promise<number> => {
        if (id % 10 === 0) throw new Error(`${VALUE}-${id}`)
        return id
      }
      await rows.getOrLoad(`${ARGUMENT}-${id}`, load, options).catch(() => undefined)
    }
    const after = names(cache.stats())
    expect(after.filter((name) => !before.includes(name))).to.deep.equal(
      ['total.missReasons.load-failed'].filter((name) => after.includes(name)),
    )
    expect(JSON.stringify(cache.stats())).not.to.match(MARKER)
  })
})

/** What goes wrong where secrets are near. */
async function failures(cache: Awaited<ReturnType<OpenedCaches['ready']>>): Promise<unknown[]> {
  const rows = cache.namespace('rows')
  const caught: unknown[] = []
  const attempts = [
    () => rows.get([ARGUMENT, () => VALUE]),
    () => rows.set(ARGUMENT, VALUE, { tags: [TAG, 1 as unknown as string] }),
    () => rows.set(ARGUMENT, VALUE, { ttl: `${ARGUMENT}${ARGUMENT}` as '1s' }),
  ]
  for (const attempt of attempts) {
    try {
      await attempt()
    } catch (error) {
      expect(CacheError.is(error)).to.equal(true)
      caught.push(error)
    }
  }
  expect(caught).to.have.lengthOf(attempts.length)
  return caught
}

/** The names of all counters, those of entries without the entry. */
function names(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  return Object.entries(value)
    .filter(([name]) => name !== 'entries' && name !== 'namespaces')
    .flatMap(([name, inner]) => names(inner, path === '' ? name : `${path}.${name}`))
}
