import { expect } from 'chai'

import { sleep } from '../../src/clock.js'
import { CacheError } from '../../src/errors.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

describe('FakeClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new FakeClock(50)
    expect(clock.now()).to.equal(50)
    await clock.advance(25.5)
    expect(clock.now()).to.equal(75.5)
  })

  it('fires timers in the order in which they fall due, each at its own instant', async () => {
    const clock = new FakeClock(1_000)
    const fired: string[] = []
    clock.schedule(30, () => fired.push(`c at ${clock.now()}`))
    clock.schedule(10, () => fired.push(`a at ${clock.now()}`))
    clock.schedule(20, () => fired.push(`b at ${clock.now()}`))
    clock.schedule(31, () => fired.push('too late'))
    await clock.advance(30)
    expect(fired).to.deep.equal(['a at 1010', 'b at 1020', 'c at 1030'])
    expect(clock.pending).to.equal(1)
  })

  it('fires timers of one instant in the order in which they were scheduled', async () => {
    const clock = new FakeClock()
    const fired: number[] = []
    for (const number of [1, 2, 3]) clock.schedule(5, () => fired.push(number))
    await clock.advance(5)
    expect(fired).to.deep.equal([1, 2, 3])
  })

  it('lets what a timer wakes run before the next timer fires', async () => {
    const clock = new FakeClock()
    const events: string[] = []
    const task = async (): Promise<void> => {
      await sleep(clock, 10)
      await new Promise((resolve) => setImmediate(resolve))
      await Promise.resolve()
      events.push('woken')
    }
    const running = task()
    clock.schedule(11, () => events.push('next timer'))
    await clock.advance(11)
    await running
    expect(events).to.deep.equal(['woken', 'next timer'])
  })

  it('fires timers that other timers schedule, when they fall due within the same move', async () => {
    const clock = new FakeClock()
    const fired: number[] = []
    const again = (): void => {
      fired.push(clock.now())
      clock.schedule(10, again)
    }
    clock.schedule(10, again)
    await clock.advance(35)
    expect(fired).to.deep.equal([10, 20, 30])
    expect(clock.now()).to.equal(35)
  })

  it('does not fire a cancelled timer, and bears a second cancellation', async () => {
    const clock = new FakeClock()
    let fired = 0
    const cancel = clock.schedule(10, () => {
      fired += 1
    })
    cancel()
    cancel()
    expect(clock.pending).to.equal(0)
    await clock.advance(10)
    expect(fired).to.equal(0)
  })

  it('fires a timer of no delay, or of less, at the next move', async () => {
    const clock = new FakeClock(7)
    const fired: number[] = []
    clock.schedule(0, () => fired.push(clock.now()))
    clock.schedule(-5, () => fired.push(clock.now()))
    await clock.advance(0)
    expect(fired).to.deep.equal([7, 7])
  })

  it('fires late what fell due while it was set forward', async () => {
    const clock = new FakeClock()
    const fired: number[] = []
    clock.schedule(10, () => fired.push(clock.now()))
    clock.set(500)
    expect(fired).to.deep.equal([])
    await clock.advance(0)
    expect(fired).to.deep.equal([500])
  })

  it('never goes back', async () => {
    const clock = new FakeClock(100)
    expect(() => clock.set(99))
      .to.throw()
      .that.satisfies(CacheError.is)
    const outcome = await clock.advance(-1).catch((error: unknown) => error)
    expect(outcome).to.satisfy(CacheError.is)
    expect(clock.now()).to.equal(100)
  })

  it('rejects with what a timer threw, and stands at that timer', async () => {
    const clock = new FakeClock()
    const failure = new Error('thrown by a timer')
    clock.schedule(10, () => {
      throw failure
    })
    expect(await clock.advance(20).catch((error: unknown) => error)).to.equal(failure)
    expect(clock.now()).to.equal(10)
  })
})
