import { expect } from 'chai'

import { Pause } from '../../src/redis/pause.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

describe('Pause', () => {
  it('waits for its time', async () => {
    const { clock, waits } = waiting(100)
    await clock.advance(99)
    expect(waits.done).to.equal(false)
    await clock.advance(1)
    expect(waits.done).to.equal(true)
  })

  it('I29: ends at once when it is woken, and leaves no timer', async () => {
    const { clock, pause, waits } = waiting(100)
    pause.wake()
    await clock.advance(0)
    expect(waits.done).to.equal(true)
    expect(clock.pending).to.equal(0)
  })

  it('waits again after it was woken, and never again after its end', async () => {
    const { clock, pause } = waiting(100)
    pause.wake()
    void pause.wait(100)
    expect(clock.pending).to.equal(1)
    pause.end()
    await pause.wait(100)
    expect(clock.pending).to.equal(0)
    expect(pause.isOver).to.equal(true)
  })

  function waiting(delay: number): { clock: FakeClock; pause: Pause; waits: { done: boolean } } {
    const clock = new FakeClock()
    const pause = new Pause(clock)
    const waits = { done: false }
    void pause.wait(delay).then(() => {
      waits.done = true
    })
    return { clock, pause, waits }
  }
})
