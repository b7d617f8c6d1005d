import type { LookupFunction } from 'node:net'
import { inspect } from 'node:util'

import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import type { RedisInput } from '../../src/redis/redis-options.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { Row } from '../coherence/row.js'
import { RecordingLogger } from '../observability/recording-logger.js'
import type { CertificateKind } from '../support/certificates.js'
import { eventually } from '../support/eventually.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { type RedisServer, startRedis, startTlsRedis, type TlsRedis } from '../support/servers.js'
import { OpenedCaches } from './opened-caches.js'

/** How often each fault is met by a call. */
const CALLS = 20
const SECRET = 'word-5f1c9b'

/** A cache on a Redis that it cannot use, and all that it tells. */
class Watched {
  readonly observer = new RecordingObserver()
  readonly logger = new RecordingLogger()
  readonly row = new Row()
  readonly cache: Cache

  constructor(caches: OpenedCaches, redis: RedisInput, clock?: FakeClock) {
    const { observer, logger } = this
    this.cache = caches.open({ redis, memory: false, observer, logger, clock })
  }

  /** Calls get what the method returns, at one run for each, and an evict says that it is not sure. */
  async answersWithout(): Promise<void> {
    const before = this.row.loads
    for (let call = 0; call < CALLS; call += 1) {
      expect(await this.cache.getOrLoad(call, this.row.load)).to.equal(this.row.version)
    }
    expect(this.row.loads - before, 'one run for each call').to.equal(CALLS)
    const { calls, misses, errors } = this.cache.stats().total
    expect({ misses, errors }).to.deep.equal({ misses: calls, errors: 0 })
    expect((await this.cache.delete('evicted')).durable).to.equal(false)
  }

  async tells(reason: string | RegExp, line: RegExp): Promise<void> {
    await eventually(() => this.observer.connections.length > 0)
    const { status, reasons } = await this.cache.health()
    expect(status).to.equal('degraded')
    expect(reasons.join('; ')).to.match(new RegExp(reason))
    const lines = this.logger.lines.filter((text) => line.test(text))
    expect(lines, this.logger.lines.join('\n')).to.have.lengthOf(1)
    expect(inspect([this.observer, this.logger, reasons], { depth: 10 })).not.to.include(SECRET)
  }

  /** Redis is used again by itself, and nothing that was answered meanwhile is kept against it. */
  async recovers(): Promise<void> {
    const up = async (): Promise<boolean> => (await this.cache.health()).status === 'up'
    await eventually(up, 15_000)
    this.row.version += 1
    expect((await this.cache.delete('row')).durable).to.equal(true)
    // A clock that is made to run may run past the deadline of any one question.
    await eventually(async () => {
      const { loads } = this.row
      expect(await this.cache.getOrLoad('row', this.row.load)).to.equal(this.row.version)
      const isHit = this.row.loads === loads
      return isHit
    })
    expect(this.cache.stats().total.errors).to.equal(0)
  }
}

describe('A cache on a Redis that it cannot use', function () {
  this.timeout(40_000)
  const caches = new OpenedCaches()
  const tlsServers: TlsRedis[] = []
  let server: RedisServer
  let proxy: ChaosProxy | undefined

  beforeEach(async () => {
    server = await startRedis()
  })

  afterEach(async () => {
    await caches.close()
    await proxy?.close()
    proxy = undefined
    await server.stop()
    await Promise.all(tlsServers.splice(0).map((tls) => tls.stop()))
  })

  const scriptsRun = async (of: RedisServer = server): Promise<number> =>
    Number(/cmdstat_eval:calls=(\d+)/.exec(String(await of.ask('INFO', 'commandstats')))?.[1] ?? 0)

  it('F8: is reset at each connect: its calls are answered, and it is told of once', async () => {
    proxy = await startProxy(server)
    proxy.refusing = true
    const watched = new Watched(caches, proxy.url)
    await watched.answersWithout()
    await watched.tells('Redis takes no commands', /cannot connect, the connection broke/)
    expect(proxy.seen, 'nothing got through').to.deep.equal({ requests: 0, replies: 0 })
    proxy.refusing = false
    await watched.recovers()
  })

  it('F11: has a wrong password: its calls are answered, and it is told of once and without it', async () => {
    await server.ask('ACL', 'SETUSER', 'user', 'on', '>right', '~*', '&*', '+@all')
    let given = SECRET
    const password = (): string => given
    const watched = new Watched(caches, { port: server.port, username: 'user', password })
    await watched.answersWithout()
    await watched.tells('Redis takes no commands', /the login was refused.*trying again every 5 s/)
    expect(await scriptsRun()).to.equal(0)
    given = 'right'
    await watched.recovers()
  })

  it('F13: lacks the right to run scripts: it is not used at all, also not in a weaker way', async () => {
    await server.ask('ACL', 'SETUSER', 'user', 'on', '>word', '~*', '&*', '+@all', '-eval')
    const clock = new FakeClock()
    const redis = { port: server.port, username: 'user', password: 'word' }
    const watched = new Watched(caches, redis, clock)
    const isRefused = (): boolean =>
      watched.observer.connections.some(({ kind }) => kind === 'refused')
    await eventually(isRefused)
    await watched.answersWithout()
    await watched.tells(
      /Redis is not used: this user lacks \+eval, so/,
      /not used, this user lacks \+eval/,
    )
    const keys = (await server.ask('DBSIZE')) as number
    expect(keys, 'nothing was written').to.equal(0)
    await server.ask('ACL', 'SETUSER', 'user', '+eval')
    // It looks again every ten seconds.
    const passing = setInterval(() => void clock.advance(500), 20)
    try {
      await watched.recovers()
      await caches.close()
    } finally {
      clearInterval(passing)
    }
  })

  it('F13: lacks several commands and the keys of its prefix: one line names them all', async () => {
    const missing = ['hset', 'xadd', 'pexpire', 'info']
    const rules = ['on', '>word', `~{${caches.prefix}*`, '&*', '+@all']
    await server.ask('ACL', 'SETUSER', 'user', ...rules, ...missing.map((name) => `-${name}`))
    const watched = new Watched(caches, { port: server.port, username: 'user', password: 'word' })
    await eventually(() => watched.observer.connections.some(({ kind }) => kind === 'refused'))
    await watched.answersWithout()
    const lacks = /this user lacks (.*?), so/.exec((await watched.cache.health()).reasons.join())
    expect(lacks?.[1]?.split(' ')).to.have.members([
      `~${caches.prefix}*`,
      ...missing.map((name) => `+${name}`),
    ])
    const { connections } = watched.observer
    expect(connections.filter(({ kind }) => kind === 'refused')).to.have.lengthOf(1)
  })

  const certificates: Record<string, [CertificateKind, RegExp]> = {
    'that signed itself': ['self-signed', /SELF_SIGNED/],
    'that has expired': ['expired', /CERT_HAS_EXPIRED/],
    'of another host': ['wrong-host', /ALTNAME_INVALID/],
  }
  for (const [what, [kind, code]] of Object.entries(certificates)) {
    it(`F14: meets a certificate ${what}: it sends nothing, its calls are answered`, async () => {
      const [bad, good] = await Promise.all([startTlsRedis(kind), startTlsRedis()])
      tlsServers.push(bad, good)
      const target = { port: bad.server.port }
      proxy = await startProxy(target)
      const url = `rediss://user:${SECRET}@127.0.0.1:${proxy.port}`
      const ca = [bad.authority, good.authority]
      await good.server.ask('ACL', 'SETUSER', 'user', 'on', `>${SECRET}`, '~*', '&*', '+@all')
      const watched = new Watched(caches, { url, tls: { ca } })
      await watched.answersWithout()
      await watched.tells('Redis takes no commands', code)
      const asking = bad.server.client({ tls: { rejectUnauthorized: false } })
      const commands = await asking.info('commandstats')
      expect(commands, 'not even the password').not.to.match(/cmdstat_(auth|eval)\b/)
      target.port = good.server.port
      await watched.recovers()
    })
  }

  it('F14: speaks TLS with a server that does not: its calls are answered', async () => {
    const good = await startTlsRedis()
    tlsServers.push(good)
    const target = { port: server.port }
    proxy = await startProxy(target)
    const redis = { port: proxy.port, tls: { ca: good.authority }, connectTimeout: 200 }
    const watched = new Watched(caches, redis)
    await watched.answersWithout()
    await watched.tells('Redis takes no commands', /the TLS handshake failed/)
    target.port = good.server.port
    await watched.recovers()
  })

  it('F15: has a name that cannot be resolved: its calls are answered, and it is resolved anew', async () => {
    const addresses: string[] = []
    let lookups = 0
    const lookup: LookupFunction = (_host, _options, callback) => {
      lookups += 1
      const [address] = addresses
      if (address !== undefined) callback(null, [{ address, family: 4 }])
      else callback(Object.assign(new Error(SECRET), { code: 'ENOTFOUND' }), [])
    }
    const watched = new Watched(caches, { host: 'redis.invalid', port: server.port, lookup })
    await watched.answersWithout()
    await watched.tells('Redis takes no commands', /name cannot be resolved \(ENOTFOUND\)/)
    await eventually(() => lookups > 2)
    addresses.push('127.0.0.1')
    await watched.recovers()
  })

  it('F16: finds Redis full of clients: its calls are answered, until there is room', async () => {
    await server.ask('CONFIG', 'SET', 'maxclients', '1')
    const watched = new Watched(caches, server.url)
    await watched.answersWithout()
    await watched.tells('Redis takes no commands', /reached its limit of clients/)
    expect(await scriptsRun()).to.equal(0)
    await server.ask('CONFIG', 'SET', 'maxclients', '100')
    await watched.recovers()
  })

  it('F18: finds Redis loading its data: its calls are answered, and what was stored is hit afterwards', async () => {
    const watched = new Watched(caches, server.url)
    const { cache, row, observer } = watched
    await cache.ready(5_000)
    await cache.getOrLoad('stored', row.load)
    await eventually(() => cache.has('stored'))
    const filler = `for i = 1, 10000 do redis.call('SET', 'filler:' .. i, i) end`
    await server.client().eval(filler, 0)
    await server.ask('SAVE')
    await server.kill()
    observer.clear()
    const slow = ['--key-load-delay', '150', '--loading-process-events-interval-bytes', '1024']
    let isLoaded = false
    const restarting = server.restart(slow).then(() => {
      isLoaded = true
    })
    await eventually(() =>
      observer.connections.some(({ message }) => message.includes('still loading')),
    )
    expect(isLoaded).to.equal(false)
    await watched.answersWithout()
    expect((await cache.health()).reasons).to.include('Redis takes no commands')
    await restarting
    const { loads } = row
    await eventually(() => cache.has('stored'))
    expect(await cache.getOrLoad('stored', row.load)).to.equal(1)
    expect(row.loads).to.equal(loads)
    await watched.recovers()
  })

  it('F43: has its own event loop blocked: all reads hit, and Redis is not blamed', async () => {
    const observer = new RecordingObserver()
    const timeouts = { read: 400, write: 400 }
    const options = { redis: server.url, memory: false, observer, timeouts } as const
    const cache = await caches.ready(options)
    const keys = Array.from({ length: 50 }, (_, key) => key)
    await cache.setMany(keys.map((key) => [key, key] as const))
    await eventually(async () => (await cache.health()).status === 'up')
    let loads = 0
    const load = async (): Promise<number> => {
      loads += 1
      return -1
    }
    for (let time = 0; time < 3; time += 1) {
      const reads = keys.map((key) => cache.getOrLoad(key, load))
      await new Promise(setImmediate)
      const end = performance.now() + 1_000
      while (performance.now() < end);
      expect(await Promise.all(reads)).to.deep.equal(keys)
    }
    expect(loads).to.equal(0)
    expect(observer.connections.map(({ kind }) => kind)).to.deep.equal(['ready'])
    expect(cache.stats().total).to.include({ calls: 150, hits: 150, errors: 0 })
  })
})
