import { expect } from 'chai'
import { Redis } from 'ioredis'

import { systemClock } from '../../src/clock.js'
import { Breaker } from '../../src/redis/breaker.js'
import { ConnectSchedule } from '../../src/redis/connect-schedule.js'
import { Connection } from '../../src/redis/connection.js'
import { Dialer } from '../../src/redis/dialer.js'
import { PendingLimit } from '../../src/redis/pending-limit.js'
import { resolveRedis } from '../../src/redis/resolve-redis.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startRedis } from '../support/servers.js'

describe('A connection whose breaker is open', () => {
  let redis: RedisServer

  before(async () => {
    redis = await startRedis()
  })

  after(() => redis.stop())

  it('F3: asks at most seven times a second whether the server is back, and stops once it is', async () => {
    const clock = new FakeClock()
    const breaker = flapping(clock)
    const dialer = new Dialer(
      resolveRedis(redis.url, () => (settings) => new Redis(settings)),
      systemClock,
    )
    let probes = 0
    let isBack = false
    const connection = new Connection({
      clock,
      schedule: new ConnectSchedule(clock, () => 0),
      limit: new PendingLimit(),
      breaker,
      connectTimeout: 600,
      open: (signal) => dialer.dial({ host: '127.0.0.1', port: redis.port }, 'reads', signal),
      probe: async () => {
        probes += 1
        if (!isBack) throw new Error('no answer')
      },
      refused: (error) => error,
      onOpened: () => undefined,
      onFailed: () => undefined,
      onLost: () => undefined,
    })
    connection.start()
    await eventually(() => connection.session !== undefined)
    await clock.advance(3_000)
    expect(probes).to.be.within(15, 21)
    expect(connection.isWorking).to.equal(false)
    isBack = true
    await clock.advance(1_000)
    expect(connection.isWorking).to.equal(true)
    const asked = probes
    await clock.advance(3_000)
    expect(probes).to.equal(asked)
    await connection.close()
  })

  /** It has just closed too early, so that it takes several answers to close. */
  function flapping(clock: FakeClock): Breaker {
    const breaker = new Breaker(clock, () => undefined)
    for (let failure = 0; failure < 5; failure += 1) breaker.failed()
    breaker.answered(1)
    for (let failure = 0; failure < 5; failure += 1) breaker.failed()
    return breaker
  }
})
