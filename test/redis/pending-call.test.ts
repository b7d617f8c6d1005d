import { expect } from 'chai'

import { RedisUnavailableError } from '../../src/errors.js'
import { Breaker } from '../../src/redis/breaker.js'
import { RedisReplyError } from '../../src/redis/link.js'
import { PendingCall } from '../../src/redis/pending-call.js'
import { PendingLimit } from '../../src/redis/pending-limit.js'
import type { Flush, Session } from '../../src/redis/session.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { type Deferred, deferred } from '../support/gate.js'

describe('PendingCall', () => {
  let clock: FakeClock
  let limit: PendingLimit
  let breaker: Breaker
  let flush: Flush
  let answers: Deferred<unknown>[]

  beforeEach(() => {
    clock = new FakeClock()
    limit = new PendingLimit()
    breaker = new Breaker(clock, () => undefined)
    flush = { held: 0 }
    answers = []
  })

  it('answers what Redis answers, and leaves no timer', async () => {
    const call = sent()
    answers[0]?.resolve('value')
    expect(await call.reply).to.equal('value')
    expect([clock.pending, limit.count]).to.deep.equal([0, 0])
  })

  it('E9: ends at its deadline, and is pending until the driver lets go of it', async () => {
    const ending = outcome(sent())
    await clock.advance(100)
    expect(await ending).to.be.instanceOf(RedisUnavailableError)
    expect(limit.count).to.equal(1)
    answers[0]?.resolve('late')
    await clock.advance(0)
    expect(limit.count).to.equal(0)
  })

  it('E9: is not pending any more when it was never sent', async () => {
    const ending = outcome(pending())
    await clock.advance(100)
    expect(await ending).to.be.instanceOf(RedisUnavailableError)
    expect(limit.count).to.equal(0)
  })

  it('F3: counts as a failure of Redis when no answer comes in time', async () => {
    await failTimes(5, 100)
    expect(breaker.isOpen).to.equal(true)
  })

  it('F43: has its time after a block of the event loop that was longer than its deadline', async () => {
    for (let time = 0; time < 5; time += 1) {
      const ending = outcome(sent())
      clock.set(clock.now() + 2_000)
      await clock.advance(50)
      answers.at(-1)?.resolve('value')
      expect(await ending).to.equal('value')
    }
    expect(breaker.isOpen).to.equal(false)
  })

  it('F43: counts as a failure of Redis when it had its time, however late that ends', async () => {
    for (let time = 0; time < 5; time += 1) {
      const ending = outcome(sent())
      clock.set(clock.now() + 2_000)
      await clock.advance(75)
      expect(await ending).to.be.instanceOf(RedisUnavailableError)
    }
    expect(breaker.isOpen).to.equal(true)
  })

  it('F43: has the time back in which our own code kept the command from leaving', async () => {
    flush.held = 150
    const ending = outcome(sent())
    await clock.advance(249)
    answers[0]?.resolve('value')
    expect(await ending).to.equal('value')

    const late = outcome(sent())
    await clock.advance(250)
    expect(await late).to.be.instanceOf(RedisUnavailableError)
  })

  it('F4: does not take a late answer for a sign of life', async () => {
    await failTimes(4, 100)
    for (const answer of answers) answer.resolve('late')
    await clock.advance(0)
    await failTimes(1, 100)
    expect(breaker.isOpen).to.equal(true)
  })

  it('F19: takes an error of Redis for a sign of life', async () => {
    await failTimes(4, 100)
    const ending = outcome(sent())
    answers.at(-1)?.reject(new RedisReplyError('OOM'))
    expect(await ending).to.be.instanceOf(RedisReplyError)
    await failTimes(4, 10)
    expect(breaker.isOpen).to.equal(false)
  })

  it('F2: takes a lost connection neither for a failure nor for a sign of life', async () => {
    await failTimes(4, 10)
    for (let time = 0; time < 10; time += 1) {
      const ending = outcome(sent())
      answers.at(-1)?.reject(new RedisUnavailableError('lost'))
      await ending
    }
    expect(breaker.isOpen).to.equal(false)
    await failTimes(1, 10)
    expect(breaker.isOpen).to.equal(true)
  })

  function pending(deadline = 100): PendingCall {
    limit.enter()
    const waiting = new Set<PendingCall>()
    const forget = (call: PendingCall): boolean => waiting.delete(call)
    const command = { name: 'get', args: ['key'], deadline }
    const common = { clock, limit, breaker, command, forget }
    const call = new PendingCall(common)
    waiting.add(call)
    return call
  }

  function sent(deadline = 100): PendingCall {
    limit.enter()
    const forget = (): boolean => false
    const command = { name: 'get', args: ['key'], deadline }
    const common = { clock, limit, breaker, command, forget }
    const call = new PendingCall(common)
    const answer = deferred<unknown>()
    answers.push(answer)
    const session: Pick<Session, 'send' | 'flush' | 'mustRepeat'> = {
      send: () => answer.promise,
      mustRepeat: () => false,
      flush,
    }
    call.send(session as Session)
    return call
  }

  async function failTimes(times: number, deadline: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      const ending = outcome(sent(deadline))
      await clock.advance(deadline)
      await ending
    }
  }

  function outcome(call: PendingCall): Promise<unknown> {
    return call.reply.catch((error: unknown) => error)
  }
})
