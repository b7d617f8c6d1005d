import { randomBytes } from 'node:crypto'

import { expect } from 'chai'

import { type Child, startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import type { Service } from './fixtures/service.js'
import { report } from './report.js'

const FIXTURE = new URL('./fixtures/service.js', import.meta.url)
const HOUR = 3_600_000

describe('A process that caches', function () {
  this.timeout(120_000)
  let server: RedisServer
  let children: Child<Service>[] = []
  let prefix = ''

  beforeEach(async () => {
    server = await startRedis()
    prefix = `p${randomBytes(6).toString('hex')}`
  })

  afterEach(async () => {
    server.thaw()
    await Promise.all(children.map((child) => child.kill()))
    children = []
    await server.stop()
  })

  const start = async (): Promise<Child<Service>> => {
    const child = await startChild<Service>(FIXTURE, { args: [server.url, prefix] })
    children.push(child)
    await child.ask('connect')
    await eventually(() => child.ask('isLogTrusted'))
    return child
  }

  it('F41: keeps the rest of a ttl and hears of evicts when its clock jumps', async () => {
    const [one, other] = await Promise.all([start(), start()])
    await one.ask('read', 'row')
    for (const by of [HOUR, -2 * HOUR, HOUR]) {
      const before = (await one.ask('ttl', 'row')) ?? 0
      await one.ask('stepClock', by)
      expect((await one.ask('ttl', 'row')) ?? 0).to.be.closeTo(before, 1_000)
    }
    await one.ask('setVersion', 2)
    await other.ask('setVersion', 2)
    expect(await other.ask('evict', 'row')).to.equal(true)
    await eventually(async () => (await one.ask('read', 'row')) === 2)
    expect(await other.ask('read', 'row')).to.equal(2)
  })

  it('F42: that stood still while others evicted serves nothing from memory when it goes on', async () => {
    const [sleeper, other] = await Promise.all([start(), start()])
    await sleeper.ask('read', 'row')
    expect(await sleeper.ask('peek', 'row')).to.equal(1)
    sleeper.freeze()
    await other.ask('setVersion', 2)
    expect(await other.ask('evict', 'row')).to.equal(true)
    expect(await other.ask('read', 'row')).to.equal(2)
    // Longer than the bound, so that only what is verified may be served.
    const end = performance.now() + 2_500
    await eventually(() => performance.now() > end)
    const first = sleeper.ask('read', 'row')
    sleeper.thaw()
    expect(await first).to.equal(2)
  })

  it('F44: one of six that start at once on a cold Redis loads a key, for all of them', async () => {
    const fleet = await Promise.all(Array.from({ length: 6 }, () => start()))
    const values = await Promise.all(fleet.map((child) => child.ask('read', 'cold')))
    expect(new Set(values)).to.deep.equal(new Set([1]))
    const loads = await Promise.all(fleet.map((child) => child.ask('loads')))
    expect(loads.reduce((sum, count) => sum + count, 0)).to.equal(1)
  })

  /*
   * On two cores a process may stand still for longer than a lease lasts, and loses it then; with the
   * deadlines that are the default it may do without Redis. Even so it loads a key once.
   */
  for (const [deadlines, patience, most] of [
    ['deadlines that the machine can keep', 'patient', 1.1],
    ['the deadlines that are the default', 'default', 20],
  ] as const) {
    it(`F44: of twenty that start at once on a cold Redis, with ${deadlines}, one loads each of 200 keys`, async () => {
      const args = [server.url, prefix, patience]
      const starts = Array.from({ length: 20 }, () =>
        startChild<Service>(FIXTURE, { args, deadline: 60_000 }),
      )
      children = await Promise.all(starts)
      const wrong = await Promise.all(
        children.map(async (child) => {
          await eventually(() => child.ask('connect'), 60_000)
          return child.ask('readMany', 200)
        }),
      )
      const loads = await Promise.all(children.map((child) => child.ask('loads')))
      const sum = loads.reduce((total, count) => total + count, 0)
      report(`F44 ${patience}`, { 'loads of 200 keys by 20 processes': sum })
      expect(wrong).to.deep.equal(wrong.map(() => 0))
      expect(sum).to.be.within(200, 200 * most)
      expect(Math.max(...loads)).to.be.at.most(200)
    })
  }

  it('F46: that dies between its commit and its evict leaves the old row for its ttl, as documented', async () => {
    const [writer, reader] = await Promise.all([start(), start()])
    await reader.ask('read', 'row')
    await writer.kill()
    await reader.ask('setVersion', 2)
    expect(await reader.ask('read', 'row')).to.equal(1)
    expect(await reader.ask('ttl', 'row')).to.be.at.most(300_000)
  })

  for (const state of ['there', 'frozen', 'killed'] as const) {
    it(`F47, I29: closes in time with a load that never ends and Redis ${state}, and then ends by itself`, async () => {
      const child = await start()
      if (state === 'frozen') server.freeze()
      if (state === 'killed') await server.kill()
      expect(await child.ask('closeWhileLoading')).to.be.below(5_500)
      expect(await child.ask('readAfterClose')).to.equal('from the method')
      expect(await child.ask('resources')).to.deep.equal([])
      await child.stop()
      expect(child.output).to.equal('')
    })
  }
})
