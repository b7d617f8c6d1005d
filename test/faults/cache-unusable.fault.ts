import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import type { CacheOptions } from '../../src/cache-options.js'
import { RecordingObserver } from '../../src/testing/recording-observer.js'
import { OpenedCaches } from '../failures/opened-caches.js'
import { RecordingLogger } from '../observability/recording-logger.js'
import { elapsed } from '../support/elapsed.js'
import { eventually } from '../support/eventually.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { resolvingTo } from '../support/resolving-to.js'
import { type RedisServer, startRedis, startTlsRedis, type TlsRedis } from '../support/servers.js'
import { report, SLACK } from './report.js'
import { Callers } from './whole-cache.js'

const MEGABYTE = 1_048_576

describe('A cache whose Redis cannot be used, under load', function () {
  this.timeout(120_000)
  const caches = new OpenedCaches()
  const tlsServers: TlsRedis[] = []
  let observer: RecordingObserver
  let logger: RecordingLogger
  let server: RedisServer
  let proxy: ChaosProxy
  let callers: Callers | undefined

  beforeEach(async () => {
    observer = new RecordingObserver()
    logger = new RecordingLogger()
    server = await startRedis()
    proxy = await startProxy(server)
  })

  afterEach(async () => {
    await callers?.stop()
    callers = undefined
    await caches.close()
    await proxy.close()
    server.thaw()
    await server.stop()
    await Promise.all(tlsServers.splice(0).map((tls) => tls.stop()))
  })

  const optionsFor = (redis: CacheOptions['redis']): CacheOptions => ({
    redis,
    memory: false,
    logger,
    observer: { onConnection: (event) => observer.onConnection(event) },
  })
  /** Calls come in for so long while Redis cannot be used; then it can, and how soon it is. */
  const throughout = async (
    fault: string,
    cache: Cache,
    { span, rate, end }: { span: number; rate: number; end: () => unknown },
  ): Promise<{ readonly connections: number; readonly back: number }> => {
    callers = new Callers(cache, rate)
    await elapsed(1_000)
    const heap = process.memoryUsage().heapUsed
    await elapsed(span - 1_000)
    const grown = process.memoryUsage().heapUsed - heap
    const ended = callers.now
    const connections = proxy.accepted
    const { status } = await cache.health()
    await end()
    const begun = performance.now()
    await eventually(() => cache.has(0), 15_000)
    const back = performance.now() - begun
    await callers.stop()
    const figures = {
      p95: callers.quantile(0.95, 1_000, ended),
      p99: callers.quantile(0.99, 1_000, ended),
      'heap MB': grown / MEGABYTE,
      connections,
      'first hit': back,
    }
    report(fault, figures)
    expect(status).to.equal('degraded')
    expect(callers.errors).to.deep.equal([])
    expect(callers.loads).to.be.at.most(callers.calls.length)
    expect(figures.p95).to.be.below(1 * SLACK)
    expect(grown).to.be.below(32 * MEGABYTE * SLACK)
    const { calls, hits, misses, stale, bypassed, errors } = cache.stats().total
    expect(hits + misses + stale + bypassed + errors, 'I28').to.equal(calls)
    return { connections, back }
  }

  it('F3, issue 4: frozen under 2,000 calls a second, it costs a deadline at first and nothing then', async () => {
    const cache = await caches.ready(optionsFor(server.url))
    await cache.getOrLoad('warm', async () => 1)
    callers = new Callers(cache, 2_000)
    // What the machine does to calls is measured on a cache that has no Redis, and hits nothing.
    const others = new Callers(caches.open({ memory: { maxItems: 1 } }), 2_000)
    await elapsed(1_000)
    const heap = process.memoryUsage().heapUsed
    server.freeze()
    const frozen = callers.now
    const frozenAt = performance.now()
    await eventually(() => observer.connections.some(({ kind }) => kind === 'lost'))
    const lostAt = performance.now()
    await elapsed(10_000)
    const grown = process.memoryUsage().heapUsed - heap
    const thawed = callers.now
    server.thaw()
    const begun = performance.now()
    await eventually(() => cache.has(0), 10_000)
    const back = performance.now() - begun
    await Promise.all([callers.stop(), others.stop()])
    const after = (of: Callers, share: number): number => of.quantile(share, frozen + 1_000, thawed)
    const figures = {
      'p99 of the first second': callers.quantile(0.99, frozen, frozen + 1_000),
      'lost after': lostAt - frozenAt,
      'extra p95 after it': after(callers, 0.95) - after(others, 0.95),
      'extra p99 after it': after(callers, 0.99) - after(others, 0.99),
      'heap MB': grown / MEGABYTE,
      'first hit': back,
    }
    report('F3 at 2,000 calls a second', figures)
    expect(callers.errors).to.deep.equal([])
    expect(figures['p99 of the first second']).to.be.below(100 * SLACK)
    expect(figures['extra p95 after it']).to.be.below(1 * SLACK)
    expect(figures['lost after']).to.be.below(500 * SLACK)
    expect(grown).to.be.below(32 * MEGABYTE * SLACK)
    expect(back).to.be.below(1_000 * SLACK)
  })

  it('F5: with jitter it costs a deadline at most, and Redis does not come and go', async () => {
    const cache = await caches.ready(optionsFor(proxy.url))
    proxy.jitter = 200
    callers = new Callers(cache, 200)
    // Each second for a twentieth of it: what comes then takes two seconds, and all behind it.
    const end = performance.now() + 20_000
    while (performance.now() < end) {
      await elapsed(950)
      proxy.latency = 2_000
      await elapsed(50)
      proxy.latency = 0
    }
    proxy.clear()
    proxy.kill()
    const begun = performance.now()
    await eventually(() => cache.has(0), 15_000)
    const back = performance.now() - begun
    await callers.stop()
    const lost = observer.connections.filter(({ kind }) => kind === 'lost').length
    report('F5', {
      p99: callers.quantile(0.99),
      longest: callers.quantile(1),
      'times lost in 20 s': lost,
      'first hit': back,
    })
    expect(callers.errors).to.deep.equal([])
    // A read and a lease, each within its deadline.
    expect(callers.quantile(0.99)).to.be.below(200 * SLACK)
    expect(lost).to.be.at.most(4 * SLACK)
    expect(back).to.be.below(1_000 * SLACK)
  })

  it('F8: reset on every connect, it costs callers nothing and the server three connections a second', async () => {
    proxy.refusing = true
    const cache = caches.open(optionsFor(proxy.url))
    const end = (): void => {
      proxy.refusing = false
    }
    const outage = { span: 10_000, rate: 2_000, end }
    const { connections, back } = await throughout('F8', cache, outage)
    expect(connections).to.be.within(10, 31)
    expect(back).to.be.below(1_000 * SLACK)
  })

  it('F11: with a wrong password, the server is asked every five seconds, and used when it is right', async () => {
    await server.ask('ACL', 'SETUSER', 'user', 'on', '>right', '~*', '&*', '+@all')
    const cache = caches.open(optionsFor(`redis://user:wrong@127.0.0.1:${proxy.port}`))
    const end = (): Promise<unknown> => server.ask('ACL', 'SETUSER', 'user', 'resetpass', '>wrong')
    const outage = { span: 9_000, rate: 500, end }
    const { connections, back } = await throughout('F11', cache, outage)
    expect(connections).to.be.within(1, 2)
    expect(back).to.be.below(5_500 * SLACK)
    expect(logger.lines.filter((line) => line.includes('login was refused'))).to.have.lengthOf(1)
  })

  it('F12: when its password is changed live, the new one is asked for and used', async () => {
    let password = 'first'
    await server.ask('ACL', 'SETUSER', 'user', 'on', '>first', '~*', '&*', '+@all')
    const redis = { port: proxy.port, username: 'user', password: () => password }
    const cache = await caches.ready(optionsFor(redis))
    callers = new Callers(cache, 500)
    await eventually(() => cache.has(0))
    await server.ask('ACL', 'SETUSER', 'user', 'resetpass', '>second')
    password = 'second'
    await server.ask('CLIENT', 'KILL', 'USER', 'user')
    await eventually(() => observer.connections.some(({ kind }) => kind === 'lost'))
    const begun = performance.now()
    await eventually(() => cache.has(0))
    const back = performance.now() - begun
    await callers.stop()
    report('F12', { longest: callers.quantile(1), 'first hit': back })
    expect(callers.errors).to.deep.equal([])
    expect(callers.quantile(1)).to.be.below(100 * SLACK)
    expect(back).to.be.below(1_000 * SLACK)
  })

  it('F14: with a certificate that is not trusted, calls cost nothing, until there is another one', async () => {
    const [bad, good] = await Promise.all([startTlsRedis('expired'), startTlsRedis()])
    tlsServers.push(bad, good)
    const target = { port: bad.server.port }
    await proxy.close()
    proxy = await startProxy(target)
    const url = `rediss://127.0.0.1:${proxy.port}`
    const cache = caches.open(optionsFor({ url, tls: { ca: [bad.authority, good.authority] } }))
    const end = (): void => {
      target.port = good.server.port
    }
    const outage = { span: 5_000, rate: 500, end }
    const { connections, back } = await throughout('F14', cache, outage)
    expect(connections).to.be.within(5, 16)
    expect(back).to.be.below(1_000 * SLACK)
    expect(logger.lines.filter((line) => line.includes('CERT_HAS_EXPIRED'))).to.have.lengthOf(1)
  })

  it('F15: while its name cannot be resolved, calls cost nothing; then it is found, also elsewhere', async () => {
    const addresses: string[] = []
    const other = await startRedis(['--bind', '127.0.0.2'], { port: server.port })
    try {
      const redis = { host: 'redis.invalid', port: server.port, lookup: resolvingTo(addresses) }
      const cache = caches.open(optionsFor(redis))
      const end = (): number => addresses.push('127.0.0.1')
      const { back } = await throughout('F15', cache, { span: 5_000, rate: 500, end })
      expect(back).to.be.below(1_000 * SLACK)
      addresses[0] = '127.0.0.2'
      await server.kill()
      const begun = performance.now()
      await eventually(async () => {
        await cache.getOrLoad('elsewhere', async () => 1)
        return cache.has('elsewhere')
      })
      report('F15', { 'at another address after': performance.now() - begun })
      expect(performance.now() - begun).to.be.below(1_000 * SLACK)
    } finally {
      await other.stop()
    }
  })

  it('F16: while Redis has too many clients, calls cost nothing and it is not stormed', async () => {
    await server.ask('CONFIG', 'SET', 'maxclients', '1')
    const cache = caches.open(optionsFor(proxy.url))
    const end = (): Promise<unknown> => server.ask('CONFIG', 'SET', 'maxclients', '100')
    const outage = { span: 5_000, rate: 500, end }
    const { connections, back } = await throughout('F16', cache, outage)
    expect(connections).to.be.within(5, 16)
    expect(back).to.be.below(1_000 * SLACK)
  })

  it('F18: while Redis loads its data, calls cost nothing, and hit right afterwards', async () => {
    const filler = `for i = 1, 20000 do redis.call('SET', 'filler:' .. i, i) end`
    await server.client().eval(filler, 0)
    await server.ask('SAVE')
    const slow = ['--key-load-delay', '150', '--loading-process-events-interval-bytes', '1024']
    let loaded = Number.NaN
    const restarting = server.restart(slow).then(() => {
      loaded = performance.now()
    })
    const cache = caches.open(optionsFor(server.url))
    callers = new Callers(cache, 500)
    await eventually(() =>
      observer.connections.some(({ message }) => message.includes('still loading')),
    )
    await restarting
    const ended = callers.now
    await eventually(() => cache.has(0), 15_000)
    const back = performance.now() - loaded
    await callers.stop()
    const p95 = callers.quantile(0.95, 500, ended)
    report('F18', { 'loaded for': ended, p95, 'first hit': back })
    expect(callers.errors).to.deep.equal([])
    expect(p95).to.be.below(1 * SLACK)
    expect(back).to.be.below(1_000 * SLACK)
  })

  it('F43: with its own event loop blocked for two seconds, Redis is not blamed', async () => {
    const cache = await caches.ready(optionsFor(server.url))
    const keys = Array.from({ length: 100 }, (_, key) => key)
    await cache.setMany(keys.map((key) => [key, key]))
    let loads = 0
    const read = (key: number): Promise<number> =>
      cache.getOrLoad(key, async () => {
        loads += 1
        return key
      })
    for (const blocked of [2_000, 150, 150, 150, 150, 150]) {
      const reads = keys.map(read)
      const end = performance.now() + blocked
      while (performance.now() < end);
      expect(await Promise.all(reads)).to.deep.equal(keys)
    }
    report('F43', { 'loads of 600 reads': loads })
    expect(loads).to.be.below(6 * SLACK)
    expect(observer.connections.map(({ kind }) => kind)).to.deep.equal(['ready'])
  })
})
