import { randomBytes } from 'node:crypto'

import { expect } from 'chai'

import { OpenedCaches, PATIENT } from './opened-caches.js'
import { eventually } from '../support/eventually.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { type RedisServer, startRedis } from '../support/servers.js'

describe('A cache whose Redis holds or sends what it never stored', function () {
  this.timeout(20_000)
  const caches = new OpenedCaches()
  let server: RedisServer
  let proxy: ChaosProxy

  before(async () => {
    server = await startRedis()
  })

  beforeEach(async () => {
    proxy = await startProxy(server)
    await server.ask('FLUSHALL')
  })

  afterEach(async () => {
    await caches.close()
    await proxy.close()
  })

  after(() => server.stop())

  it('F10: bytes that flip on the way give no wrong value and no error', async () => {
    const cache = await caches.ready({ redis: proxy.url, memory: false })
    const ids = Array.from({ length: 50 }, (_, id) => id)
    const text = randomBytes(200).toString('hex')
    const read = (id: number): Promise<string> => cache.getOrLoad(id, async () => `${id}:${text}`)
    await Promise.all(ids.map((id) => read(id)))
    proxy.corruption = 0.3
    for (let round = 0; round < 40; round += 1) {
      const values = await Promise.all(ids.map((id) => read(id)))
      expect(values).to.deep.equal(ids.map((id) => `${id}:${text}`))
    }
    proxy.clear()
    proxy.kill()
    await eventually(async () => {
      await read(0)
      return cache.has(0)
    })
    expect(cache.stats().total.errors).to.equal(0)
  })

  const garbage: Record<string, Buffer> = {
    'random bytes': randomBytes(500),
    nothing: Buffer.alloc(0),
    'a brace': Buffer.from('{'),
    '512 kB of brackets': Buffer.alloc(512 * 1_024, '['),
  }
  for (const [what, bytes] of Object.entries(garbage)) {
    it(`F37: ${what} in place of an entry is a miss, and is replaced`, async () => {
      const cache = await caches.ready({ redis: server.url, memory: false, timeouts: PATIENT })
      let loads = 0
      const read = (): Promise<string> =>
        cache.getOrLoad('row', async () => {
          loads += 1
          return 'right'
        })
      await read()
      await eventually(() => cache.has('row'))
      const client = server.client()
      const [key = ''] = await client.keys(`${caches.prefix}:default:*`)
      for (const field of await client.hkeys(key)) await client.hset(key, field, bytes)
      expect(await read()).to.equal('right')
      expect(loads).to.equal(2)
      await eventually(() => cache.has('row'))
      expect(await read()).to.equal('right')
    })
  }

  it('F35: a follower that comes back to a log that was trimmed meanwhile keeps nothing of before', async () => {
    const follower = await caches.ready({
      redis: proxy.url,
      timeouts: PATIENT,
    })
    const writer = await caches.ready({ redis: server.url, timeouts: PATIENT })
    await eventually(async () => (await follower.health()).redis?.isLogTrusted)
    let version = 1
    const ids = Array.from({ length: 200 }, (_, id) => id)
    const rows = follower.namespace('rows')
    const read = (): Promise<number[]> =>
      Promise.all(ids.map((id) => rows.getOrLoad(id, async () => version)))
    await read()
    await eventually(() => ids.every((id) => rows.peek(id) === 1))
    proxy.held = true
    version = 2
    for (const id of ids) await writer.namespace('rows').delete(id)
    await server.ask('XTRIM', `{${caches.prefix}#log}:stream`, 'MAXLEN', '0')
    proxy.held = false
    await eventually(() => ids.every((id) => rows.peek(id) !== 1))
    expect(await read()).to.deep.equal(ids.map(() => 2))
    await eventually(() => hasGap(follower.stats()))
  })
})

function hasGap(statistics: ReturnType<ReturnType<OpenedCaches['open']>['stats']>): boolean {
  return Object.keys(statistics.invalidations.logInterruptions).length > 0
}
