import { expect } from 'chai'

import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { gate } from '../support/gate.js'
import { ids, serviceWith, warmable } from './warmable.js'

/** Whether a promise has resolved by now. */
async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  let resolved = false
  void promise.then(() => {
    resolved = true
  })
  await new Promise(setImmediate)
  return resolved
}

describe('a warm-up that is cut short', () => {
  it('I30: ends at its deadline, whatever hangs, and reports what it has', async () => {
    const { cache, clock } = warmable()
    const door = gate()
    const hanging = serviceWith({ arguments: ids('', 9), concurrency: 2 }, async (id) => {
      if (id !== '1') await door.wait()
      return id
    })
    const quick = serviceWith({ arguments: ids('', 2) }, undefined, { name: 'quick' })
    const silent = serviceWith({ arguments: () => new Promise(() => undefined) }, undefined, {
      name: 'silent',
    })
    const runner = new WarmupRunner(cache, () => [hanging, quick, silent])
    const running = runner.run({ deadline: '10s' })
    await clock.advance(9_999)
    expect(await isResolved(running)).to.equal(false)
    await clock.advance(1)
    const report = await running
    expect(report).to.deep.include({ warmed: 3, failed: 2, cut: 'deadline', duration: 10_000 })
    expect(report.tasks.map(({ name, isComplete }) => [name, isComplete])).to.deep.equal([
      ['users', false],
      ['quick', true],
      ['silent', false],
    ])
    expect(report.tasks[0]?.failures).to.deep.equal([
      { reason: 'deadline', error: undefined, code: undefined, count: 2 },
    ])
    // What was loading goes on, and is stored.
    door.open()
    expect(await hanging.profile('2')).to.equal('2')
    expect(hanging.calls.filter((id) => id === '2')).to.have.length(1)
  })

  it('leaves no timer of its own behind', async () => {
    const { cache, clock } = warmable()
    const service = serviceWith({ arguments: ids('', 9), timeout: '1s' })
    await new WarmupRunner(cache, () => [service]).run({ deadline: '10s' })
    expect(clock.pending).to.equal(0)
  })

  it('ends when its signal is aborted, and begins nothing when it was before', async () => {
    const { cache } = warmable()
    const door = gate()
    const service = serviceWith({ arguments: ids('', 9), concurrency: 1 }, async (id) => {
      await door.wait()
      return id
    })
    const controller = new AbortController()
    const runner = new WarmupRunner(cache, () => [service])
    const running = runner.run({ signal: controller.signal })
    await door.reached
    controller.abort()
    expect(await running).to.deep.include({ warmed: 0, failed: 1, cut: 'aborted' })
    expect(await runner.run({ signal: controller.signal })).to.deep.include({
      warmed: 0,
      failed: 0,
      cut: 'aborted',
    })
    expect(service.calls).to.deep.equal(['1'])
    door.open()
  })

  it('ends also where an iterable objects to it', async () => {
    const objecting = (fail: () => unknown) => () => ({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: ['1'] as [string] }),
        return: fail as () => IteratorResult<[string]>,
      }),
    })
    const fails = [
      () => {
        throw new Error()
      },
      () => Promise.reject(new Error()),
    ]
    for (const fail of fails) {
      const { cache, clock } = warmable()
      const controller = new AbortController()
      const service = serviceWith({ arguments: objecting(fail) }, async (id) => {
        controller.abort()
        return id
      })
      const runner = new WarmupRunner(cache, () => [service])
      expect((await runner.run({ signal: controller.signal })).cut).to.equal('aborted')
      await clock.advance(0)
    }
  })

  it('survives a load that fails after nobody waits for it any more', async () => {
    const { cache, clock } = warmable()
    const door = gate()
    const service = serviceWith({ arguments: ids('', 1) }, async () => {
      await door.wait()
      throw new Error('too late')
    })
    const running = new WarmupRunner(cache, () => [service]).run({ deadline: '1s' })
    await door.reached
    await clock.advance(1_000)
    await running
    door.open()
    await clock.advance(0)
  })

  it('ends by `stop`, and with the cache, and then runs no more', async () => {
    const { cache, closing } = warmable()
    const door = gate()
    const service = serviceWith({ arguments: ids('', 9), concurrency: 1 }, async (id) => {
      await door.wait()
      return id
    })
    const runner = new WarmupRunner(cache, () => [service])
    const first = runner.run()
    await door.reached
    await runner.stop()
    expect(await first).to.deep.include({ failed: 1, cut: 'stopped' })
    const second = runner.run()
    await Promise.all(closing.map((close) => close()))
    expect((await second).cut).to.equal('stopped')
    expect(await runner.run()).to.deep.include({ warmed: 0, failed: 0, cut: 'stopped' })
    expect(service.calls.length).to.be.at.most(2)
    door.open()
  })
})

describe('the readiness gate', () => {
  it('opens when the critical ones are in', async () => {
    const { cache } = warmable()
    const doors = { critical: gate(), other: gate() }
    const load = (which: 'critical' | 'other') => async (id: string) => {
      await doors[which].wait()
      return id
    }
    const critical = { arguments: ids('', 2), critical: true, concurrency: 1 }
    const runner = new WarmupRunner(cache, () => [
      serviceWith(critical, load('critical'), { name: 'critical' }),
      serviceWith({ arguments: ids('', 2) }, load('other'), { name: 'other' }),
    ])
    const running = runner.run()
    await doors.critical.reached
    expect(await isResolved(runner.ready)).to.equal(false)
    expect(runner.isReady).to.equal(false)
    doors.critical.open()
    await runner.ready
    expect(runner.isReady).to.equal(true)
    expect(await isResolved(running)).to.equal(false)
    doors.other.open()
    await running
  })

  it('opens when all are in, where none is critical, also when they failed', async () => {
    const { cache } = warmable()
    const door = gate()
    const runner = new WarmupRunner(cache, () => [
      serviceWith({ arguments: ids('', 2) }, async () => {
        await door.wait()
        throw new Error()
      }),
    ])
    const running = runner.run()
    await door.reached
    expect(await isResolved(runner.ready)).to.equal(false)
    door.open()
    await runner.ready
    await running
  })

  it('opens when there is nothing to warm', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, () => [])
    await runner.run()
    await runner.ready
  })

  it('I30: opens at the deadline at the latest: a load, a source or a container may hang', async () => {
    const never = new Promise<never>(() => undefined)
    const hanging = [
      () => [serviceWith({ arguments: ids('', 2), critical: true }, () => never)],
      () => [serviceWith({ arguments: () => never, critical: true })],
      () => never,
      async function* () {
        yield await never
      },
    ]
    for (const instances of hanging) {
      const { cache, clock } = warmable()
      const runner = new WarmupRunner(cache, instances)
      const running = runner.run({ deadline: '5s' })
      await clock.advance(4_999)
      expect(await isResolved(runner.ready)).to.equal(false)
      await clock.advance(1)
      expect(await isResolved(runner.ready)).to.equal(true)
      expect((await running).cut).to.equal('deadline')
    }
  })

  it('opens by `stop`, so that nobody waits for what no longer comes', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, () => [])
    await runner.stop()
    await runner.ready
  })
})
