import { expect } from 'chai'
import { Redis } from 'ioredis'

import { systemClock } from '../../src/clock.js'
import { Admission } from '../../src/redis/admission.js'
import { Dialer } from '../../src/redis/dialer.js'
import { PendingLimit } from '../../src/redis/pending-limit.js'
import { Recovery } from '../../src/redis/recovery.js'
import { resolveRedis } from '../../src/redis/resolve-redis.js'
import { Server } from '../../src/redis/server.js'
import { eventually } from '../support/eventually.js'
import { deferred } from '../support/gate.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { outcomeOf } from './connected.js'

const PING = { name: 'ping', args: [], deadline: 1_000 }

describe('Server', () => {
  let redis: RedisServer
  let server: Server
  let recovery: Recovery

  before(async () => {
    redis = await startRedis()
  })

  beforeEach(() => {
    recovery = new Recovery(systemClock)
  })

  afterEach(async () => {
    await server.close()
  })

  after(async () => {
    await redis.stop()
  })

  it('I20: lets nobody in where it takes over from another, until everything was repeated', async () => {
    const repeated = deferred<void>()
    recovery.onRecover(async () => {
      await server.runDuringRecovery('writes', PING)
      await repeated.promise
    })
    server = start(true)
    expect((await outcomeOf(() => server.run('reads', PING))).error).to.equal(
      'RedisUnavailableError',
    )
    await server.runDuringRecovery('reads', PING)
    expect((await outcomeOf(() => server.run('reads', PING))).error).to.equal(
      'RedisUnavailableError',
    )
    repeated.resolve()
    const isServed = (): Promise<boolean> => server.run('reads', PING).then(() => true)
    await eventually(isServed)
  })

  it('F1: has nobody wait for a replay at the very first connection', async () => {
    recovery.onRecover(() => new Promise(() => undefined))
    server = start(false)
    expect(String(await server.run('reads', PING))).to.equal('PONG')
  })

  it('F13: refuses everybody but who finds out whether it can be used, while it cannot', async () => {
    const admission = new Admission()
    admission.refusal = 'no scripts'
    server = start(false, admission)
    const error: unknown = await server.run('reads', PING).catch((reason: unknown) => reason)
    expect(error).to.include({ name: 'RedisUnavailableError', message: 'no scripts' })
    expect(String(await server.runDuringRecovery('reads', PING))).to.equal('PONG')
  })

  function start(isReplacement: boolean, admission = new Admission()): Server {
    const loadDriver = () => (settings: object) => new Redis(settings)
    const dialer = new Dialer(resolveRedis(redis.url, loadDriver), systemClock)
    return new Server({
      name: 'tested',
      clock: systemClock,
      random: () => 0,
      limit: new PendingLimit(),
      admission,
      recovery,
      connectTimeout: 600,
      afterDenial: 5_000,
      isReplacement,
      dial: (lane, signal) => dialer.dial({ host: '127.0.0.1', port: redis.port }, lane, signal),
      onEvent: () => undefined,
    })
  }
})
