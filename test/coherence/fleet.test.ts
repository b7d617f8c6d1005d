import { randomBytes } from 'node:crypto'

import { expect } from 'chai'

import { type Child, type ChildOptions, startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import type { RedisServer } from '../support/servers.js'
import type { Member } from './fixtures/member.js'
import { coherenceServer } from './stage.js'

const FIXTURE = new URL('./fixtures/member.js', import.meta.url)
const HOUR = 3_600_000
/** A lease of a second, the last look at it, and what a busy machine adds. */
const TAKEN_OVER = 1_600

describe('Several processes', function () {
  this.timeout(30_000)
  let server: RedisServer
  let members: Child<Member>[] = []
  const prefix = `m${randomBytes(8).toString('hex')}`
  let rowNumber = 0
  let key = ''

  const start = async (
    consistency: string,
    options: readonly ChildOptions[],
  ): Promise<Child<Member>[]> => {
    const args = [server.url, prefix, consistency]
    const started = await Promise.all(
      options.map((option) => startChild<Member>(FIXTURE, { args, ...option })),
    )
    members.push(...started)
    await Promise.all(started.map((member) => member.ask('connect')))
    return started
  }
  const commit = (version: number): Promise<unknown> =>
    server.ask('SET', `${prefix}-row:${key}`, version)
  const loads = async (of: readonly Child<Member>[]): Promise<number> =>
    (await Promise.all(of.map((member) => member.ask('loads')))).reduce((sum, n) => sum + n, 0)

  before(async () => {
    server = await coherenceServer()
    members = await start('bounded', [{}, {}, {}, {}])
  })

  beforeEach(async () => {
    rowNumber += 1
    key = `row-${rowNumber}`
    await commit(1)
  })

  after(() => Promise.all(members.map((member) => member.kill())))

  it('I22: 4 of them with 250 callers each of a cold key run the method once', async () => {
    const before = await loads(members)
    const herds = await Promise.all(
      members.map((member) => member.ask('herd', key, 250, 100, false)),
    )
    expect(await loads(members)).to.equal(before + 1)
    for (const { values } of herds) expect(values).to.deep.equal([1])
  })

  it('I22: a method that throws does not make them fail one after another', async () => {
    const loadTime = 500
    const herds = await Promise.all(
      members.map((member) => member.ask('herd', key, 50, loadTime, true)),
    )
    for (const { values, milliseconds } of herds) {
      expect(values).to.deep.equal(['RangeError: no database'])
      // One after another would be four times.
      expect(milliseconds).to.be.below(3 * loadTime)
    }
  })

  const stops: Record<string, (member: Child<Member>) => unknown> = {
    'was killed': (member) => member.kill(),
    'is frozen': (member) => member.freeze(),
  }
  for (const [what, stop] of Object.entries(stops)) {
    it(`I22: another one takes over from a holder that ${what}, whose result never wins`, async () => {
      const [, two, three] = members
      const [holder] = await start('bounded', [{}])
      if (holder === undefined || two === undefined || three === undefined) throw new Error()
      await holder.ask('begin', key)
      await commit(2)
      await stop(holder)
      const began = performance.now()
      expect(await two.ask('read', key)).to.equal(2)
      expect(performance.now() - began).to.be.below(TAKEN_OVER)
      if (holder.isRunning) {
        holder.thaw()
        // Its caller asked before; what it gets goes no further than that process.
        expect(await holder.ask('finish')).to.equal(1)
      }
      const before = await three.ask('loads')
      expect(await three.ask('read', key)).to.equal(2)
      expect(await two.ask('read', key)).to.equal(2)
      expect(await three.ask('loads')).to.equal(before)
      if (holder.isRunning) await eventually(async () => (await holder.ask('read', key)) === 2)
    })
  }

  it('I22, I2: a holder frozen past its lease and past an evict stores nothing', async () => {
    const [, two, three] = members
    const [holder] = await start('strict', [{}])
    if (holder === undefined || two === undefined || three === undefined) throw new Error()
    await holder.ask('begin', key)
    holder.freeze()
    await commit(2)
    await two.ask('evict', key)
    expect(await two.ask('read', key)).to.equal(2)
    await commit(3)
    await two.ask('evict', key)
    holder.thaw()
    expect(await holder.ask('finish')).to.equal(1)
    expect(await three.ask('read', key)).to.equal(3)
    expect(await holder.ask('read', key)).to.equal(3)
  })

  it('I17: clocks an hour ahead and an hour behind change nothing', async () => {
    const skewed = (by: number): ChildOptions => {
      const code = `const now = Date.now; Date.now = () => now() + ${by}`
      return { nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(code)}`] }
    }
    const [ahead, behind] = await start('strict', [skewed(HOUR), skewed(-HOUR)])
    if (ahead === undefined || behind === undefined) throw new Error()
    const difference = (await ahead.ask('wallClock')) - (await behind.ask('wallClock'))
    expect(difference).to.be.within(1.9 * HOUR, 2.1 * HOUR)

    const changes = [
      (member: Child<Member>) => member.ask('evict', key),
      (member: Child<Member>) => member.ask('evictTag', key),
      (member: Child<Member>, version: number) => member.ask('put', key, version),
    ]
    let version = 1
    for (const [writer, reader] of [
      [ahead, behind],
      [behind, ahead],
    ] as const) {
      for (const change of changes) {
        expect(await writer.ask('read', key)).to.equal(version)
        await eventually(async () => (await reader.ask('read', key)) === version)
        const before = await loads([ahead, behind])
        expect(await reader.ask('read', key)).to.equal(version)
        // Nobody takes what the other one stored for run out, or not yet begun.
        expect(await loads([ahead, behind])).to.equal(before)
        // A load that began before the change ends after it.
        version += 1
        await commit(version)
        await change(writer, version)
        expect(await reader.ask('read', key)).to.equal(version)
        expect(await writer.ask('read', key)).to.equal(version)
      }
    }
  })
})
