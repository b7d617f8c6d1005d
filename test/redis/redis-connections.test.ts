import { inspect } from 'node:util'

import { expect } from 'chai'
import { AbstractConnector, Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis-5'

import { systemClock } from '../../src/clock.js'
import { CacheConfigurationError, RedisUnavailableError } from '../../src/errors.js'
import { RedisReplyError } from '../../src/redis/link.js'
import { RedisConnections } from '../../src/redis/redis-connections.js'
import type { RedisInput } from '../../src/redis/redis-options.js'
import { failureOf } from '../support/failure-of.js'
import { eventually } from '../support/eventually.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { closeAll, Connected, GET, outcomeOf, resources, script, SET } from './connected.js'

const SECRET = 'hunter2-secret'

describe('RedisConnections', () => {
  let server: RedisServer
  let proxy: ChaosProxy

  before(async () => {
    server = await startRedis(['--repl-diskless-sync-delay', '0'])
    proxy = await startProxy(server)
  })

  afterEach(async () => {
    await closeAll()
    proxy.clear()
    await server.ask('FLUSHALL')
  })

  after(async () => {
    await proxy.close()
    await server.stop()
  })

  const everyKind = script(
    true,
    `#!lua flags=no-writes\nreturn {redis.call('GET', KEYS[1]), 7, false, {ARGV[1], {}}, {ok = 'fine'}}`,
  )
  const clients: Record<string, () => RedisInput> = {
    'a URL': () => server.url,
    options: () => ({ host: '127.0.0.1', port: server.port }),
    'ioredis 6': () => new Redis(server.port, { lazyConnect: true }),
    'ioredis 6 with RESP3 shapes, text numbers and a key prefix': () =>
      new Redis(server.port, {
        lazyConnect: true,
        protocol: 3,
        replyMapping: 'resp3',
        stringNumbers: true,
        keyPrefix: 'unwanted:',
        enableAutoPipelining: true,
      }),
    'ioredis 5': () => new Redis5(server.port, { lazyConnect: true, keyPrefix: 'unwanted:' }),
  }
  for (const [name, client] of Object.entries(clients)) {
    it(`F51: gets the same replies through ${name}`, async () => {
      const connected = await new Connected(client()).ready()
      const bytes = Buffer.from([0, 255, 13, 10])
      await connected.set('key', bytes)
      const reply = await connected.link.evaluate(everyKind, ['key'], [bytes], 500)
      expect(reply).to.deep.equal([bytes, 7, null, [bytes, []], Buffer.from('fine')])
      expect(await server.ask('EXISTS', 'key')).to.equal(1)
    })
  }

  it('F51: uses the database it is told, for all connections', async () => {
    const connected = await new Connected(`${server.url}/3`).ready()
    await connected.set('key', 'value')
    const log = connected.connections.openLog({ log: '{app}:log', tail: '{app}:tail' })
    await log.attach()
    expect(await server.ask('DBSIZE')).to.equal(0)
    expect(await server.ask('INFO', 'keyspace')).to.match(/^db3:keys=2/m)
  })

  it('leaves a client of the user as it is', async () => {
    const client = server.client()
    const connected = await new Connected(client).ready()
    await connected.set('key', 'value')
    await connected.connections.close()
    expect(await client.get('key')).to.equal('value')
    expect(client.listenerCount('error')).to.equal(1)
  })

  it('F1: does not make the first calls wait for more than the connection', async () => {
    const connected = new Connected(server.url)
    expect(await connected.set('key', 'value', 1_000)).to.deep.equal(Buffer.from('OK'))
    expect(await connected.get('key', 1_000)).to.deep.equal(Buffer.from('value'))
  })

  it('F19: passes errors of Redis on by their first word, and stays closed to none of them', async () => {
    const connected = await new Connected(server.url).ready()
    const failing = script(false, `return redis.call('INCR', KEYS[1])`)
    await connected.set('key', SECRET)
    for (let time = 0; time < 20; time += 1) {
      const error = await failureOf(connected.link.evaluate(failing, ['key'], [], 500))
      expect(error).to.be.instanceOf(RedisReplyError)
    }
    expect(await connected.get('key')).to.deep.equal(Buffer.from(SECRET))
    const oom = script(false, `return redis.error_reply('OOM command not allowed ' .. ARGV[1])`)
    const error = await failureOf(connected.link.evaluate(oom, [], [SECRET], 500))
    expect(error).to.include({ reply: 'OOM', message: 'Redis answered OOM' })
    expect(inspect(error, { depth: 9 })).to.not.include(SECRET)
  })

  it('E9: gives up at the deadline, and drops what comes later', async () => {
    const connected = await new Connected(proxy.url).ready()
    await connected.set('key', 'value')
    proxy.held = true
    const late = await connected.try('key', 50)
    expect(late).to.include({ error: 'RedisUnavailableError', reply: undefined })
    proxy.held = false
    expect(await connected.get('key', 1_000)).to.deep.equal(Buffer.from('value'))
  })

  it('E9: lets a thousand commands wait and refuses the next at once', async () => {
    const connected = await new Connected(proxy.url).ready()
    proxy.held = true
    const waiting = Array.from({ length: 1_000 }, () => connected.try('key', 60_000))
    const refused = await connected.try('key', 60_000)
    expect(refused.error).to.equal('RedisUnavailableError')
    proxy.held = false
    const errors = (await Promise.all(waiting)).map(({ error }) => error)
    expect(new Set(errors)).to.deep.equal(new Set([undefined]))
    expect((await connected.try('key', 1_000)).error).to.equal(undefined)
  })

  it('I20: repeats only what is unconfirmed after it reconnects to the same server', async () => {
    const connected = await new Connected(proxy.url).ready()
    connected.recoveries.length = 0
    proxy.kill()
    await eventually(() => connected.recoveries.length > 0)
    expect(connected.recoveries).to.deep.equal(['same'])
    await eventually(() => connected.connections.isReady)
    expect(kinds(connected)).to.deep.equal(['ready', 'lost', 'ready'])
  })

  it('I20: repeats everything before any read, after it reconnects to a server that restarted', async () => {
    const connected = await new Connected(server.url).ready()
    const order: string[] = []
    connected.connections.onRecover(async (change) => {
      const { duringRecovery } = connected.connections
      order.push(`replaying, ${change}`, (await connected.try()).error ?? 'read')
      await duringRecovery.evaluate(SET, ['replayed'], ['yes'], 1_000)
      order.push('replayed')
    })
    await server.restart()
    await eventually(async () => (await connected.try('replayed')).error === undefined)
    expect(order.slice(0, 3)).to.deep.equal([
      'replaying, changed',
      'RedisUnavailableError',
      'replayed',
    ])
    expect(await connected.get('replayed')).to.deep.equal(Buffer.from('yes'))
  })

  it('I20: notices a failover that broke no connection', async () => {
    const connected = await new Connected(server.url).ready()
    connected.recoveries.length = 0
    await server.ask('REPLICAOF', '127.0.0.1', '1')
    await server.ask('REPLICAOF', 'NO', 'ONE')
    await eventually(() => connected.recoveries.includes('changed'))
  })

  it('I20: notices at once, by the log, that its master has become a replica', async () => {
    const connected = await new Connected(server.url).ready()
    const log = connected.connections.openLog({ log: '{app}:log', tail: '{app}:tail' })
    const { id } = await log.attach()
    const reading = outcomeOf(() => log.readAfter(id, 5_000))
    await eventually(async () => /^blocked_clients:1/m.test(String(await server.ask('INFO'))))
    await server.ask('REPLICAOF', '127.0.0.1', '1')
    const begun = performance.now()
    try {
      expect((await reading).error).to.equal('RedisReplyError')
      await eventually(() => !connected.connections.isReady)
      expect(performance.now() - begun).to.be.lessThan(1_000)
    } finally {
      await server.ask('REPLICAOF', 'NO', 'ONE')
    }
  })

  it('I21: tells of no loss while only the connection of the log is made anew', async () => {
    const connected = await new Connected(server.url).ready()
    const before = await countClients()
    const log = connected.connections.openLog({ log: '{app}:log', tail: '{app}:tail' })
    await log.attach()
    log.reconnect()
    await log.tail()
    expect(await countClients()).to.equal(before + 1)
    log.close()
    await eventually(async () => (await countClients()) === before)
    expect(kinds(connected)).to.deep.equal(['ready'])
  })

  it('does not stop for a listener that throws', async () => {
    const connections = new RedisConnections({
      redis: proxy.url,
      prefix: 'app',
      clock: systemClock,
      random: () => 0.9,
      onEvent: () => {
        throw new Error('no')
      },
    })
    try {
      expect(await connections.whenReady(2_000)).to.equal(true)
      proxy.kill()
      await eventually(() => !connections.isReady)
      expect(await connections.whenReady(2_000)).to.equal(true)
    } finally {
      await connections.close()
    }
  })

  it('refuses a client that makes its connections in a way of its own', () => {
    const client = new Redis({ lazyConnect: true })
    Object.assign(client.options, { Connector: AbstractConnector })
    expect(() => new Connected(client)).to.throw(CacheConfigurationError)
  })

  it('F6: has a half-open connection replaced also where it may not ask who answers', async () => {
    await server.ask('ACL', 'SETUSER', 'blind', 'reset', 'on', '>x', '~*', '+@all', '-info')
    await new Connected(`redis://blind:x@127.0.0.1:${proxy.port}`).ready()
    const before = proxy.accepted
    proxy.lost = 'both'
    await eventually(() => proxy.accepted > before)
  })

  it('F52: takes each reconnection for a failover where it may not ask who answers', async () => {
    await server.ask('ACL', 'SETUSER', 'blind', 'on', '>x', '~*', '+@all', '-info')
    const url = `redis://blind:x@127.0.0.1:${proxy.port}`
    const connected = await new Connected(url).ready()
    expect(connected.events.map(({ message }) => message).join()).to.match(/lacks \+info,/)
    connected.recoveries.length = 0
    proxy.kill()
    await eventually(() => connected.recoveries.length > 0)
    expect(connected.recoveries[0]).to.equal('changed')
  })

  it('counts replicas that have everything written before', async () => {
    const replica = await startRedis(['--replicaof', '127.0.0.1', String(server.port)])
    try {
      const connected = await new Connected(server.url).ready()
      await eventually(async () =>
        /state=online/.test(String(await server.ask('INFO', 'replication'))),
      )
      await connected.set('key', 'value', 500)
      expect(await connected.link.wait('{key}', 1, 2_000)).to.equal(1)
      expect(await replica.ask('EXISTS', 'key')).to.equal(1)
      const counts = await Promise.all(
        Array.from({ length: 20 }, () => connected.link.wait('{key}', 2, 400)),
      )
      expect(new Set(counts)).to.deep.equal(new Set([1]))
      expect((await connected.try()).took).to.be.lessThan(100)
    } finally {
      await replica.stop()
    }
  })

  it('tells what Redis tells of itself', async () => {
    const connected = await new Connected(server.url).ready()
    await connected.set('key', 'value')
    const statistics = await connected.connections.statistics()
    expect(statistics).to.include({ connected: true })
    expect(statistics.memoryUsed).to.be.greaterThan(100_000)
    expect(statistics.memoryPeak).to.be.at.least(statistics.memoryUsed)
    expect(statistics.connections).to.be.at.least(2)
    expect(statistics.version).to.match(/^\d+\.\d+/)
    await connected.connections.close()
    expect(await connected.connections.statistics()).to.include({ connected: false })
  })

  it('S34: never tells a password, a key or a value', async () => {
    await server.ask('ACL', 'SETUSER', 'secretive', 'on', `>${SECRET}`, '~*', '+@all')
    const url = `redis://secretive:${SECRET}@127.0.0.1:${proxy.port}`
    const connected = await new Connected(url).ready()
    const held = Array.from({ length: 5 }, () => outcomeOf(() => connected.set(SECRET, SECRET)))
    proxy.kill()
    await Promise.all(held)
    const errors = [
      await failureOf(connected.link.evaluate(GET, [SECRET], [SECRET], 1)),
      await failureOf(connected.link.evaluate(script(false, SECRET), [], [], 100)),
    ]
    for (const thing of [...errors, connected, connected.link, connected.events]) {
      const text = inspect(thing, { depth: 12, showHidden: true })
      expect(text).to.not.include(SECRET)
      expect(JSON.stringify(thing)).to.not.include(SECRET)
    }
  })

  /** How many clients Redis has, whoever they are. */
  async function countClients(): Promise<number> {
    return String(await server.ask('CLIENT', 'LIST'))
      .trim()
      .split('\n').length
  }
})

describe('RedisConnections.close', () => {
  let server: RedisServer

  beforeEach(async () => {
    server = await startRedis()
  })

  afterEach(async () => {
    server.thaw()
    await server.stop()
  })

  for (const state of ['well', 'frozen', 'dead'] as const) {
    it(`I29: leaves no socket and no timer when Redis is ${state}`, async () => {
      const before = await resources()
      const connected = await new Connected(server.url).ready()
      const log = connected.connections.openLog({ log: '{app}:log', tail: '{app}:tail' })
      await log.attach()
      const reading = outcomeOf(() => log.readAfter('0-0', 5_000))
      await connected.link.wait('key', 0, 500)
      if (state === 'frozen') server.freeze()
      if (state === 'dead') await server.kill()
      const running = connected.try('key', 10_000)
      const closing = performance.now()
      await connected.connections.close()
      expect(performance.now() - closing).to.be.lessThan(500)
      expect((await running).error).to.equal('RedisUnavailableError')
      expect((await reading).error).to.equal('RedisUnavailableError')
      expect(await resources()).to.deep.equal(before)
    })
  }

  it('I29: may be repeated, and refuses every command after it', async () => {
    const connected = await new Connected(server.url).ready()
    const log = connected.connections.openLog({ log: '{app}:log', tail: '{app}:tail' })
    await Promise.all([connected.connections.close(), connected.connections.close()])
    await connected.connections.close()
    expect(await failureOf(connected.get('key'))).to.be.instanceOf(RedisUnavailableError)
    expect(
      await failureOf(connected.connections.duringRecovery.evaluate(GET, ['key'], [], 50)),
    ).to.be.instanceOf(RedisUnavailableError)
    expect(await failureOf(connected.link.wait('key', 1, 50))).to.be.instanceOf(
      RedisUnavailableError,
    )
    expect(await failureOf(log.tail())).to.be.instanceOf(RedisUnavailableError)
    expect(connected.connections.isReady).to.equal(false)
  })

  it('I29: ends an attempt to connect that has not got through', async () => {
    server.freeze()
    const before = await resources()
    const connected = new Connected(server.url)
    const waiting = connected.try('key', 10_000)
    await connected.connections.close()
    expect((await waiting).error).to.equal('RedisUnavailableError')
    expect(await resources()).to.deep.equal(before)
  })
})

function kinds(connected: Connected): string[] {
  return connected.events.map(({ kind }) => kind)
}
