import { expect } from 'chai'
import fc from 'fast-check'
import sinon from 'sinon'

import { Background } from '../../src/engine/background.js'
import { CacheConfigurationError } from '../../src/errors.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { cronSchedule } from '../../src/warmup/cron-schedule.js'
import { Repeater } from '../../src/warmup/repeater.js'
import { everySchedule, type Schedule } from '../../src/warmup/schedule.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('everySchedule', () => {
  it('gives or takes up to a tenth, drawn anew each time', async () => {
    const clock = new FakeClock(5)
    const draws = [0, 0.5, 1]
    const schedule = everySchedule(1_000, clock, () => draws.shift() ?? 0)
    const waits = [0, 1, 2].map(() => schedule.plan()?.remaining())
    expect(waits).to.deep.equal([900, 1_000, 1_100])
  })

  it('stays within the tenth for any draw', () => {
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const property = fc.property(fc.integer({ min: 1, max: DAY }), draw, (period, drawn) => {
      const planned = everySchedule(period, new FakeClock(), () => drawn).plan()
      expect(planned?.remaining()).to.be.within(period * 0.9, period * 1.1)
    })
    fc.assert(property)
  })
})

describe('cronSchedule', () => {
  let wall: sinon.SinonFakeTimers
  beforeEach(() => {
    wall = sinon.useFakeTimers({ now: new Date(2030, 0, 1, 12, 3), toFake: ['Date'] })
  })
  afterEach(() => {
    wall.restore()
  })

  it('waits for the next instant, and knows how far the one after is', () => {
    const planned = cronSchedule('0 * * * *', 'cron').plan()
    expect(planned?.remaining()).to.equal(57 * 60_000)
    expect(planned?.period).to.equal(HOUR)
    wall.tick(57 * 60_000)
    expect(planned?.remaining()).to.equal(0)
  })

  it('does not come twice for one instant when a timer was early', () => {
    const schedule = cronSchedule('0 * * * *', 'cron')
    schedule.plan()
    wall.tick(57 * 60_000 - 2)
    expect(schedule.plan()?.remaining()).to.equal(HOUR + 2)
  })

  it('leaves out what passed meanwhile', () => {
    const schedule = cronSchedule('*/5 * * * *', 'cron')
    schedule.plan()
    wall.tick(60 * 60_000)
    expect(schedule.plan()?.remaining()).to.equal(2 * 60_000)
  })

  it('waits longer when the wall clock is set back, and is due when it is set past', () => {
    const planned = cronSchedule('0 * * * *', 'cron').plan()
    wall.setSystemTime(new Date(2030, 0, 1, 10, 30))
    expect(planned?.remaining()).to.equal(150 * 60_000)
    wall.setSystemTime(new Date(2030, 0, 1, 14, 30))
    expect(planned?.remaining()).to.equal(0)
  })

  it('ends when its last instant has passed', () => {
    const schedule = cronSchedule('0 0 13 1 1 * 2030', 'cron')
    expect(schedule.plan()?.remaining()).to.equal(57 * 60_000)
    wall.tick(2 * HOUR)
    expect(schedule.plan()).to.equal(undefined)
  })

  it('refuses what is not a cron expression, or never comes', () => {
    for (const expression of [
      '',
      'soon',
      '* * * *',
      '60 * * * *',
      '0 0 31 2 *',
      '0 0 0 1 1 * 2029',
    ]) {
      expect(() => cronSchedule(expression, 'A.b: cron')).to.throw(
        CacheConfigurationError,
        'A.b: cron: expected a cron expression',
      )
    }
  })
})

describe('Repeater', () => {
  const make = (schedule: Schedule, clock: FakeClock) => {
    const ran: number[] = []
    const repeater = new Repeater({
      schedule,
      clock,
      background: new Background(() => undefined),
      isRunning: () => false,
      run: async () => {
        ran.push(clock.now())
      },
    })
    return { ran, repeater }
  }

  it('waits for longer than a timer can, in pieces', async () => {
    const clock = new FakeClock()
    const { ran, repeater } = make(
      everySchedule(60 * DAY, clock, () => 0.5),
      clock,
    )
    await clock.advance(60 * DAY - 1)
    expect(ran).to.deep.equal([])
    expect(repeater.nextIn).to.equal(1)
    await clock.advance(1)
    expect(ran).to.deep.equal([60 * DAY])
    repeater.stop()
  }).timeout(20_000)

  it('does not fire when it was stopped, and plans nothing after a run that goes on', async () => {
    const clock = new FakeClock()
    const { ran, repeater } = make(
      everySchedule(1_000, clock, () => 0.5),
      clock,
    )
    await clock.advance(1_000)
    repeater.stop()
    expect(repeater.nextIn).to.equal(undefined)
    await clock.advance(5_000)
    expect(ran).to.deep.equal([1_000])
    expect(clock.pending).to.equal(0)
  })

  it('ends with its schedule', async () => {
    const clock = new FakeClock()
    let left = 2
    const schedule: Schedule = {
      countsFromEnd: false,
      plan: () => (left-- > 0 ? everySchedule(10, clock, () => 0.5).plan() : undefined),
    }
    const { ran, repeater } = make(schedule, clock)
    await clock.advance(1_000)
    expect(ran).to.deep.equal([10, 20])
    expect(repeater.nextIn).to.equal(undefined)
  })
})
