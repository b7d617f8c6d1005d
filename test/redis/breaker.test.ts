import { expect } from 'chai'

import { Breaker } from '../../src/redis/breaker.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

describe('Breaker', () => {
  let clock: FakeClock
  let changes: boolean[]
  let breaker: Breaker

  beforeEach(() => {
    clock = new FakeClock()
    changes = []
    breaker = new Breaker(clock, (isOpen) => changes.push(isOpen))
  })

  it('F3: opens at the fifth failure in a row, and says so once', () => {
    fail(4)
    expect(breaker.isOpen).to.equal(false)
    fail(10)
    expect(breaker.isOpen).to.equal(true)
    expect(changes).to.deep.equal([true])
  })

  it('F3: opens after half a second of failures alone, where calls are few', async () => {
    fail(1)
    await clock.advance(499)
    fail(1)
    expect(breaker.isOpen).to.equal(false)
    await clock.advance(1)
    fail(1)
    expect(breaker.isOpen).to.equal(true)
  })

  it('F5: stays closed while answers come in between', async () => {
    for (let round = 0; round < 20; round += 1) {
      fail(4)
      breaker.answered(90)
      await clock.advance(400)
    }
    expect(changes).to.deep.equal([])
  })

  it('F3: closes at the first answer, however slow', () => {
    fail(5)
    breaker.answered(99)
    expect(changes).to.deep.equal([true, false])
  })

  it('F5: takes three quick answers in a row when it opens again within five seconds', async () => {
    fail(5)
    breaker.answered(1)
    await clock.advance(4_999)
    fail(5)
    for (const elapsed of [50, 50, 51, 50, 50]) breaker.answered(elapsed)
    expect(breaker.isOpen).to.equal(true)
    fail(1)
    for (const elapsed of [50, 50]) breaker.answered(elapsed)
    expect(breaker.isOpen).to.equal(true)
    breaker.answered(50)
    expect(breaker.isOpen).to.equal(false)
  })

  it('F3: closes at the first answer again when the last time it opened is long ago', async () => {
    fail(5)
    breaker.answered(1)
    await clock.advance(5_000)
    fail(5)
    breaker.answered(99)
    expect(breaker.isOpen).to.equal(false)
  })

  it('counts from zero after it has closed', () => {
    fail(5)
    breaker.answered(1)
    fail(4)
    expect(breaker.isOpen).to.equal(false)
  })

  function fail(times: number): void {
    for (let time = 0; time < times; time += 1) breaker.failed()
  }
})
