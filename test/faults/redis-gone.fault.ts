import { expect } from 'chai'

import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { closeAll, Connected } from '../redis/connected.js'
import { quantile, SteadyLoad } from '../redis/steady-load.js'
import { report, SLACK } from './report.js'

describe('Redis that is not there', function () {
  this.timeout(120_000)
  let server: RedisServer | undefined
  let network: ChaosProxy | undefined

  afterEach(async () => {
    await closeAll()
    await network?.close()
    server?.thaw()
    await server?.stop()
    server = undefined
    network = undefined
  })

  /** Starts a server, and what stands between it and its clients. */
  const startBehindProxy = async (): Promise<ChaosProxy> => {
    server = await startRedis()
    network = await startProxy(server)
    return network
  }

  it('F1: costs a start nothing, and is found within a second of its start', async () => {
    const port = await freePort()
    const begun = performance.now()
    const connected = new Connected(`redis://127.0.0.1:${port}`)
    const first = await Promise.all(Array.from({ length: 10 }, () => connected.try()))
    expect(performance.now() - begun).to.be.lessThan(100 * SLACK)
    expect(first.every(({ error }) => error === 'RedisUnavailableError')).to.equal(true)
    expect(connected.events.map(({ kind }) => kind)).to.deep.equal(['failed'])

    server = await startRedis([], { port })
    const started = performance.now()
    await eventually(async () => (await connected.try()).error === undefined)
    report('F1', { 'found after': performance.now() - started })
    expect(performance.now() - started).to.be.lessThan(1_000 * SLACK)
  })

  it('F1: waits for a Redis that says nothing at all no longer than the deadline of each call', async () => {
    const proxy = await startBehindProxy()
    proxy.lost = 'both'
    const connected = new Connected(proxy.url)
    const outcomes = []
    for (let call = 0; call < 10; call += 1) outcomes.push(await connected.try())
    expect(Math.max(...outcomes.map(({ took }) => took))).to.be.lessThan(100 * SLACK)
    expect((await connected.try()).took).to.be.lessThan(1 * SLACK)
  })

  it('F2: is out of the way when it was killed, and back within a second of its restart', async () => {
    const killed = (server = await startRedis())
    const connected = await new Connected(killed.url).ready()
    const load = new SteadyLoad(connected, 2_000)
    await eventually(() => load.now > 300)
    const killedAt = load.now
    await killed.kill()
    await eventually(() => load.now > killedAt + 2_000)
    const during = load.between(killedAt + 50, killedAt + 2_000)
    await killed.start()
    const startedAt = load.now
    const back = await load.backAfter(startedAt)
    await load.stop()
    report('F2', { p99: quantile(during, 0.99), longest: quantile(during, 1), back })
    expect(quantile(during, 0.95)).to.be.lessThan(1 * SLACK)
    expect(back).to.be.lessThan(1_000 * SLACK)
    await eventually(() => connected.recoveries.includes('changed'))
  })

  it('F3: is out of the way within a second when it freezes under load, and back within one', async () => {
    const frozen = (server = await startRedis())
    const connected = await new Connected(frozen.url).ready()
    await connected.set('key', 'value')
    const load = new SteadyLoad(connected, 2_000)
    await eventually(() => load.now > 500)
    const heap = heapUsed()
    frozen.freeze()
    const frozenAt = load.now
    await eventually(() => load.now > frozenAt + 30_000, 40_000)
    const grown = heapUsed() - heap
    const pings = Number(/cmdstat_eval:calls=(\d+)/.exec(await thawed(frozen))?.[1])
    const thawedAt = load.now
    const back = await load.backAfter(thawedAt)
    await load.stop()
    const first = load.between(frozenAt, frozenAt + 1_000)
    const rest = load.between(frozenAt + 1_000, frozenAt + 30_000)
    const answered = load.outcomes.filter(({ error }) => error === undefined).length
    report('F3', {
      'p99 of the first second': quantile(first, 0.99),
      'p99 after it': quantile(rest, 0.99),
      'longest after it': quantile(rest, 1),
      'heap MB': grown / 1_048_576,
      back,
    })
    expect(quantile(first, 0.99)).to.be.lessThan(100 * SLACK)
    expect(quantile(rest, 0.95)).to.be.lessThan(1 * SLACK)
    expect(grown).to.be.lessThan(32 * 1_048_576 * SLACK)
    expect(back).to.be.lessThan(1_000 * SLACK)
    expect(pings - answered, 'commands of the past run late').to.be.lessThan(1_000)
  })

  it('F4: is out of the way when each reply takes five seconds, and none of them is taken later', async () => {
    const proxy = await startBehindProxy()
    const connected = await new Connected(proxy.url).ready()
    const load = new SteadyLoad(connected, 500)
    await eventually(() => load.now > 200)
    proxy.latency = 5_000
    const slowAt = load.now
    await eventually(() => load.now > slowAt + 3_000)
    proxy.latency = 0
    proxy.kill()
    await load.backAfter(slowAt + 3_000)
    await load.stop()
    const first = load.between(slowAt, slowAt + 500)
    const rest = load.between(slowAt + 500, slowAt + 3_000)
    report('F4', { 'p99 at first': quantile(first, 0.99), 'p99 then': quantile(rest, 0.99) })
    expect(quantile(first, 0.99)).to.be.lessThan(100 * SLACK)
    expect(quantile(rest, 0.95)).to.be.lessThan(1 * SLACK)
  })

  it('F5: does not flap when it answers every other call too late', async () => {
    const proxy = await startBehindProxy()
    const connected = await new Connected(proxy.url).ready()
    proxy.jitter = 400
    const load = new SteadyLoad(connected, 500)
    await eventually(() => load.now > 20_000, 30_000)
    await load.stop()
    const lost = connected.events.filter(({ kind }) => kind === 'lost').length
    report('F5', { p99: quantile(load.outcomes, 0.99), 'times lost in 20 s': lost })
    expect(quantile(load.outcomes, 0.99)).to.be.lessThan(100 * SLACK)
    expect(lost).to.be.at.most(5)
  })

  it('F6: has a half-open connection replaced within a second of traffic', async () => {
    const proxy = await startBehindProxy()
    const connected = await new Connected(proxy.url).ready()
    const load = new SteadyLoad(connected, 200)
    await eventually(() => load.now > 200)
    const old = proxy.accepted
    proxy.lost = 'both'
    const lostAt = load.now
    await eventually(() => proxy.accepted > old)
    const detected = load.now - lostAt
    proxy.clear()
    const clearedAt = load.now
    const back = await load.backAfter(clearedAt)
    report('F6', { detected, back })
    await load.stop()
    expect(detected).to.be.lessThan(1_000 * SLACK)
    expect(back).to.be.lessThan(1_000 * SLACK)
  })

  it('F6: has a half-open connection replaced where there is no traffic at all', async () => {
    const proxy = await startBehindProxy()
    await new Connected(proxy.url).ready()
    const old = proxy.accepted
    proxy.lost = 'both'
    await eventually(() => proxy.accepted > old, 4_000 * SLACK)
  })

  it('F8: is not stormed while it resets everybody: three connections a second, and a flat heap', async () => {
    const proxy = await startBehindProxy()
    proxy.refusing = true
    const connected = new Connected(proxy.url)
    const load = new SteadyLoad(connected, 2_000)
    await eventually(() => load.now > 1_000)
    const heap = heapUsed()
    await eventually(() => load.now > 20_000, 30_000)
    const grown = heapUsed() - heap
    const accepted = proxy.accepted
    proxy.refusing = false
    const back = await load.backAfter(load.now)
    await load.stop()
    report('F8', { 'connections in 20 s': accepted, 'heap MB': grown / 1_048_576 })
    expect(accepted).to.be.within(20, 60)
    expect(grown).to.be.lessThan(32 * 1_048_576 * SLACK)
    expect(back).to.be.lessThan(1_000 * SLACK)
    expect(connected.events.filter(({ kind }) => kind === 'failed')).to.have.lengthOf(1)
  })

  for (const bytes of [40, 6_000]) {
    it(`F9: keeps no call waiting when connections break after ${bytes} bytes of replies`, async () => {
      const proxy = await startBehindProxy()
      const connected = await new Connected(proxy.url).ready()
      proxy.cutAfter = bytes
      const load = new SteadyLoad(connected, 500)
      await eventually(() => load.now > 5_000, 10_000)
      const accepted = proxy.accepted
      await load.stop()
      report(`F9 ${bytes}`, { longest: quantile(load.outcomes, 1), 'connections in 5 s': accepted })
      expect(quantile(load.outcomes, 1)).to.be.lessThan(100 * SLACK)
      expect(accepted).to.be.lessThan(15 * SLACK)
    })
  }
})

/** Lets the server go on, and asks it what it has done meanwhile. */
async function thawed(server: RedisServer): Promise<string> {
  server.thaw()
  return String(await server.ask('INFO', 'commandstats'))
}

function heapUsed(): number {
  return process.memoryUsage().heapUsed
}
