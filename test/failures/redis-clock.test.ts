import { expect } from 'chai'

import { Row } from '../coherence/row.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { OpenedCaches, PATIENT } from './opened-caches.js'

const HOUR = 3_600_000

/**
 * The clock of a Redis cannot be moved, so all that was written by its clock is moved the other way:
 * what is stored then looks as it does after a failover to a server whose clock is elsewhere.
 */
async function moveClock(server: RedisServer, by: number): Promise<void> {
  const client = server.client()
  for (const key of await client.keys('*')) {
    const life = await client.pttl(key)
    if ((await client.type(key)) === 'hash') {
      for (const [field, value] of Object.entries(await client.hgetallBuffer(key))) {
        const moved = Buffer.from(value)
        for (const at of /^[es]:/.test(field) ? [0, 6] : [0]) {
          moved.writeUIntBE(moved.readUIntBE(at, 6) - by, at, 6)
        }
        await client.hset(key, field, moved)
      }
    }
    if (life > 0) await client.pexpire(key, life - by)
  }
  client.disconnect()
}

describe('A cache whose Redis has a clock that jumps', function () {
  this.timeout(20_000)
  const caches = new OpenedCaches()
  let server: RedisServer

  beforeEach(async () => {
    server = await startRedis()
  })

  afterEach(async () => {
    await caches.close()
    await server.stop()
  })

  const opened = () => {
    const options = { redis: server.url, memory: false, timeouts: PATIENT } as const
    const defaults = { ttl: '10m', jitter: 0 } as const
    return Promise.all([
      caches.ready({ ...options, defaults }),
      caches.ready({ ...options, defaults }),
    ])
  }

  for (const [way, by] of [
    ['forward', HOUR],
    ['back', -HOUR],
  ] as const) {
    it(`F41, I17: ${way} by an hour, it costs lifetime and nothing else`, async () => {
      const [writer, reader] = await opened()
      const row = new Row()
      const read = (cache: typeof reader): Promise<number> =>
        cache.getOrLoad('row', row.load, { tags: ['tag'] })
      await read(writer)
      await eventually(() => reader.has('row'))
      await moveClock(server, by)
      expect(await read(reader)).to.equal(1)
      expect(row.loads, 'forward, what is stored has run out').to.equal(by > 0 ? 2 : 1)
      for (const evict of [
        () => writer.delete('row'),
        () => writer.invalidateTags(['tag']),
        () => writer.namespace('default').clear(),
      ]) {
        await eventually(() => reader.has('row'))
        await moveClock(server, by)
        row.version += 1
        expect((await evict()).durable).to.equal(true)
        expect(await read(reader)).to.equal(row.version)
        expect(await read(writer)).to.equal(row.version)
        await eventually(() => reader.has('row'))
      }
      expect(reader.stats().total.errors + writer.stats().total.errors).to.equal(0)
    })
  }

  it('F41, I22: back by an hour, a lease is not waited for until it ends, and what it was for is refused', async () => {
    const [writer, reader] = await opened()
    const row = new Row()
    const held = row.hold()
    const late = writer.getOrLoad('row', row.load)
    await held.reached
    await moveClock(server, -HOUR)
    row.version = 2
    expect(await reader.getOrLoad('row', row.load)).to.equal(2)
    await eventually(() => reader.has('row'))
    held.open()
    expect(await late).to.equal(1)
    await eventually(() => writer.stats().total.fencedStores === 1)
    expect(await reader.getOrLoad('row', row.load)).to.equal(2)
    expect(row.loads).to.equal(2)
  })
})
