import { getEventListeners } from 'node:events'

import { expect } from 'chai'

import { ConnectSchedule } from '../../src/redis/connect-schedule.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

describe('ConnectSchedule', () => {
  const open = new AbortController().signal
  let clock: FakeClock
  let schedule: ConnectSchedule
  let starts: number[]

  beforeEach(() => {
    clock = new FakeClock()
    starts = []
    schedule = new ConnectSchedule(clock, () => 0)
  })

  it('F8: begins at once, and tries at most three times in any second while the server refuses', async () => {
    void keepTrying(() => schedule.failed(false))
    await clock.advance(60_000)
    expect(starts[0]).to.equal(0)
    expect(mostWithin(1_000)).to.equal(3)
    expect(starts).to.have.lengthOf.within(150, 180)
  })

  it('F8: lets chance spread the attempts', async () => {
    schedule = new ConnectSchedule(clock, () => 0.999)
    void keepTrying(() => schedule.failed(false))
    await clock.advance(400)
    expect(starts[1]).to.be.closeTo(400, 1)
  })

  it('F8: makes at most three connections a second that break as soon as they stand', async () => {
    void keepTrying(() => {
      schedule.succeeded()
      schedule.lost()
    })
    await clock.advance(60_000)
    const settled = starts.filter((at) => at >= 10_000)
    expect(settled).to.have.lengthOf.within(120, 152)
  })

  it('F11: waits five seconds after a refused login', async () => {
    void keepTrying(() => schedule.failed(true))
    await clock.advance(4_999)
    expect(starts).to.deep.equal([0])
    await clock.advance(1)
    expect(starts).to.deep.equal([0, 5_000])
  })

  it('F1: sends one connection ahead while none gets through, and all others after it', async () => {
    await start()
    schedule.failed(false)
    for (let lane = 0; lane < 3; lane += 1) void start()
    await clock.advance(1_000)
    expect(starts).to.deep.equal([0, 340])
    schedule.succeeded()
    await clock.advance(0)
    expect(starts).to.deep.equal([0, 340, 1_000, 1_000])
  })

  it('F4: counts the time of an attempt that failed slowly', async () => {
    await start()
    await clock.advance(300)
    schedule.failed(false)
    void start()
    await clock.advance(40)
    expect(starts).to.deep.equal([0, 340])
  })

  it('F1: lets everybody connect at once after many failures', async () => {
    void keepTrying(() => (clock.now() < 3_000 ? schedule.failed(false) : undefined))
    await clock.advance(3_060)
    for (let lane = 0; lane < 3; lane += 1) void start()
    schedule.succeeded()
    await clock.advance(0)
    expect(starts.slice(-4)).to.deep.equal([3_060, 3_060, 3_060, 3_060])
  })

  it('F44: comes back at a moment of chance after a loss', async () => {
    schedule = new ConnectSchedule(clock, () => 0.5)
    await start()
    schedule.succeeded()
    schedule.lost()
    void start()
    await clock.advance(199)
    expect(starts).to.deep.equal([0])
    await clock.advance(1)
    expect(starts).to.deep.equal([0, 200])
  })

  it('I29: forgets whoever gives up, and leaves no timer', async () => {
    await start()
    schedule.failed(true)
    const controller = new AbortController()
    const waiting = schedule.turn(controller.signal).catch((error: unknown) => error)
    expect(clock.pending).to.equal(1)
    controller.abort('given up')
    expect(await waiting).to.equal('given up')
    expect(clock.pending).to.equal(0)
  })

  it('keeps no listener once a turn has come', async () => {
    const { signal } = new AbortController()
    await schedule.turn(signal)
    expect(getEventListeners(signal, 'abort')).to.deep.equal([])
  })

  it('refuses a turn to whoever has given up before', async () => {
    const error = await schedule
      .turn(AbortSignal.abort('before'))
      .catch((reason: unknown) => reason)
    expect(error).to.equal('before')
  })

  async function start(): Promise<void> {
    await schedule.turn(open)
    starts.push(clock.now())
  }

  async function keepTrying(report: () => void): Promise<void> {
    for (;;) {
      await start()
      report()
    }
  }

  function mostWithin(span: number): number {
    return Math.max(
      ...starts.map((from) => starts.filter((at) => at >= from && at < from + span).length),
    )
  }
})
