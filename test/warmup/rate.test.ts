import { expect } from 'chai'

import type { Clock } from '../../src/clock.js'
import { CacheConfigurationError } from '../../src/errors.js'
import type { FakeClock } from '../../src/testing/fake-clock.js'
import { Pace } from '../../src/warmup/pace.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { ids, serviceWith, warmable } from './warmable.js'

describe('the rate of a warm-up', () => {
  it('I30: begins so many loads per second over all, evenly spread', async () => {
    const { cache, clock } = warmable()
    const begun: number[] = []
    const load = async (id: string): Promise<string> => {
      begun.push(clock.now())
      return id
    }
    const services = ['a', 'b', 'c'].map((name) =>
      serviceWith({ arguments: ids(name, 4) }, load, { name }),
    )
    const run = new WarmupRunner(cache, () => services).run({ rate: 10 })
    await clock.advance(2_000)
    expect(await run).to.include({ warmed: 12, duration: 1_100 })
    expect(begun).to.deep.equal(Array.from({ length: 12 }, (_, index) => index * 100))
    expect(clock.pending).to.equal(0)
  })

  it('I30: holds the rate of each name besides, and others go on meanwhile', async () => {
    const { cache, clock } = warmable()
    const begun: Record<string, number[]> = { slow: [], fast: [] }
    const services = [
      serviceWith(
        { arguments: ids('slow', 3), rate: 0.5, priority: 1 },
        async (id) => {
          begun['slow']?.push(clock.now())
          return id
        },
        { name: 'slow' },
      ),
      serviceWith(
        { arguments: ids('fast', 3) },
        async (id) => {
          begun['fast']?.push(clock.now())
          return id
        },
        { name: 'fast' },
      ),
    ]
    const run = new WarmupRunner(cache, () => services).run()
    await clock.advance(10_000)
    expect(await run).to.include({ warmed: 6, duration: 4_000 })
    expect(begun).to.deep.equal({ slow: [0, 2_000, 4_000], fast: [0, 0, 0] })
  })

  it('I30: holds the rate of a name over two runs, and in repeats', async () => {
    const { cache, clock } = warmable()
    const begun: number[] = []
    const service = serviceWith({ arguments: ids('', 3), rate: 1, every: '1m' }, async (id) => {
      begun.push(clock.now())
      return id
    })
    const runner = new WarmupRunner(cache, () => [service])
    const runs = [runner.run({ refresh: true }), runner.run({ refresh: true })]
    await clock.advance(10_000)
    await Promise.all(runs)
    expect(begun).to.deep.equal([0, 1_000, 2_000, 3_000, 4_000, 5_000])
    begun.length = 0
    await clock.advance(75_000)
    expect(begun).to.have.lengthOf(3)
    const gaps = begun.slice(1).map((at, index) => at - (begun[index] ?? 0))
    expect(gaps).to.deep.equal([1_000, 1_000])
    await runner.stop()
    expect(clock.pending).to.equal(0)
  })

  it('I30: does not count what is fresh', async () => {
    const { cache, clock } = warmable()
    const service = serviceWith({ arguments: ids('', 50) })
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    const run = runner.run({ rate: 1 })
    await clock.advance(0)
    expect(await run).to.include({ skipped: 50, duration: 0 })
  })

  it('I30: ends at its deadline, and leaves no timer', async () => {
    const { cache, clock } = warmable()
    const service = serviceWith({ arguments: ids('', 50), critical: true })
    const runner = new WarmupRunner(cache, () => [service])
    const run = runner.run({ rate: 1, deadline: 2_500 })
    await clock.advance(2_500)
    expect(await run).to.deep.include({ warmed: 3, cut: 'deadline', duration: 2_500 })
    await runner.ready
    expect(clock.pending).to.equal(0)
  })

  it('refuses what is no rate', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, () => [])
    for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const error = await runner.run({ rate }).catch((reason: unknown) => reason)
      expect(error).to.be.instanceOf(CacheConfigurationError)
      expect(String(error)).to.include('WarmupRunner.run: rate: expected a number above zero')
    }
  })
})

describe('Pace', () => {
  it('catches up what a timer was late, and no more than 10 ms', async () => {
    const { clock } = warmable()
    expect(await begunWithin(clock, new Pace(clock, 1_000), 50)).to.equal(10)
    const { clock: idle } = warmable()
    const pace = new Pace(idle, 10)
    idle.set(60_000)
    expect(take(pace)).to.equal(1)
  })

  it('waits on when a timer fires too early, and leaves none behind', () => {
    let now = 0
    const timers: (() => void)[] = []
    const clock: Clock = {
      now: () => now,
      schedule(_delay, callback) {
        timers.push(callback)
        return () => undefined
      },
    }
    const pace = new Pace(clock, 10)
    let told = 0
    const unsubscribe = pace.subscribe(() => {
      told += 1
    })
    pace.take()
    now = 99.6
    timers.pop()?.()
    expect([told, timers.length]).to.deep.equal([0, 1])
    now = 100
    timers.pop()?.()
    expect([told, timers.length]).to.deep.equal([1, 0])
    unsubscribe()
    pace.take()
    expect(timers).to.have.lengthOf(0)
  })

  /** How many begin at once after the clock has jumped by `late` milliseconds. */
  async function begunWithin(clock: FakeClock, pace: Pace, late: number): Promise<number> {
    expect(take(pace)).to.equal(1)
    clock.set(late)
    return take(pace)
  }

  function take(pace: Pace): number {
    let taken = 0
    for (; pace.isDue; taken += 1) pace.take()
    return taken
  }
})
