import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { createCache } from '../../src/create-cache.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { RecordingLogger } from './recording-logger.js'

describe('a cache whose Redis goes and comes back', function () {
  this.timeout(60_000)
  let server: RedisServer
  let cache: Cache

  beforeEach(async () => {
    server = await startRedis()
  })

  afterEach(async () => {
    await cache.close()
    await server.stop()
  })

  it('writes a line when its state changes, and none for what calls meet meanwhile', async () => {
    const logger = new RecordingLogger()
    const observer = new RecordingObserver()
    cache = createCache({ redis: server.url, logger, observer })
    await cache.ready(5_000)
    await cache.set('key', 1)
    expect(logger.lines).to.have.lengthOf(1)
    expect(logger.lines[0]).to.match(/^info cachewright: Redis 127\.0\.0\.1:\d+: connected$/)
    expect((await cache.health({ probe: true })).status).to.equal('up')

    await server.kill()
    for (let call = 0; call < 300; call += 1) {
      await cache.getOrLoad(call, async () => call)
      if (call % 30 === 0) expect((await cache.delete(call)).durable).to.equal(false)
    }
    await eventually(() => cache.stats().redis?.isReady === false)
    const { status, reasons, redis } = await cache.health({ probe: true })
    expect(status).to.equal('degraded')
    expect(reasons).to.include('Redis takes no commands')
    expect(redis).to.include({ isReady: false, unconfirmedInvalidations: 10, probe: false })
    expect(cache.stats().redis).to.include({ isReady: false, unconfirmedInvalidations: 10 })

    await server.restart()
    await eventually(
      () => logger.lines.some((line) => line.endsWith('everything works again')),
      20_000,
    )
    expect(await cache.health({ probe: true })).to.deep.include({ status: 'up', reasons: [] })
    expect(logger.lines.slice(1, -1).every((line) => line.startsWith('warn'))).to.equal(true)
    // What is noticed first, the connection or an invalidation, is a matter of chance.
    expect(logger.lines.slice(1, -1)).to.have.lengthOf.within(1, 4)
    expect(logger.lines.join('\n')).to.include('lost, the connection broke; trying again')
    expect(observer.connections.map(({ kind }) => kind)).to.include.members(['ready', 'lost'])
    expect(observer.invalidations.filter(({ durable }) => !durable)).to.have.lengthOf(10)
  })
})
