import { expect } from 'chai'

import type { Clock } from '../../src/clock.js'
import { fairDeadline, fairTimeout } from '../../src/redis/fair-deadline.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

describe('fairDeadline', () => {
  it('expires at its time and does not blame the event loop', async () => {
    const { clock, expired } = armed(100)
    await clock.advance(99)
    expect(expired).to.deep.equal([])
    await clock.advance(1)
    expect(expired).to.deep.equal([false])
  })

  it('F43: does not count time in which the event loop did not turn', async () => {
    const { clock, expired } = armed(100)
    await clock.advance(30)
    // What fell due after 40 ms fires after two seconds, of which the part and 5 ms count.
    clock.set(2_000)
    await clock.advance(54)
    expect(expired).to.deep.equal([])
    await clock.advance(1)
    expect(expired).to.deep.equal([false])
  })

  it('F44: takes as much longer as five turns of the loop are late, and no longer', async () => {
    const { clock, expired } = armed(100)
    let turns = 0
    for (; expired.length === 0; turns += 1) {
      clock.set(clock.now() + 100)
      await clock.advance(0)
    }
    expect(turns).to.be.at.most(5)
    expect(clock.now()).to.be.above(300)
  })

  it('F43: tells that the event loop was blocked when its last part fires more than 60 ms late', async () => {
    for (const [late, wasBlocked] of [
      [60, false],
      [61, true],
    ] as const) {
      const { clock, expired } = armed(100)
      await clock.advance(90)
      clock.set(100 + late)
      await clock.advance(0)
      expect(expired).to.deep.equal([wasBlocked])
    }
  })

  it('F43: gives what has arrived a turn of the event loop, and a reply in it counts', async () => {
    let fire = (): void => undefined
    const clock: Clock = {
      now: () => 0,
      schedule(_delay, callback) {
        fire = callback
        return () => undefined
      },
    }
    const expired: boolean[] = []
    const cancel = fairDeadline(clock, 100, (wasBlocked) => expired.push(wasBlocked))
    fire()
    // Stands for the reply: promises settle before the event loop turns.
    await Promise.resolve()
    cancel()
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    expect(expired).to.deep.equal([])
  })

  it('I29: leaves no timer when it is cancelled', () => {
    const { clock, cancel } = armed(100)
    cancel()
    expect(clock.pending).to.equal(0)
  })

  function armed(delay: number): { clock: FakeClock; expired: boolean[]; cancel: () => void } {
    const clock = new FakeClock()
    const expired: boolean[] = []
    const cancel = fairDeadline(clock, delay, (wasBlocked) => expired.push(wasBlocked))
    return { clock, expired, cancel }
  }
})

describe('fairTimeout', () => {
  it('F43: begins anew after the event loop was blocked, and aborts when it was not', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    fairTimeout(clock, 600, controller, new Error('silent'))
    await clock.advance(540)
    clock.set(2_600)
    await clock.advance(599)
    expect(controller.signal.aborted).to.equal(false)
    await clock.advance(1)
    expect(controller.signal.aborted).to.equal(true)
  })

  it('I29: leaves no timer when it is cancelled, also after it began anew', async () => {
    const clock = new FakeClock()
    const cancel = fairTimeout(clock, 600, new AbortController(), new Error('silent'))
    await clock.advance(540)
    clock.set(2_600)
    await clock.advance(0)
    cancel()
    expect(clock.pending).to.equal(0)
  })
})
