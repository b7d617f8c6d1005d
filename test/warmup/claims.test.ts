import { expect } from 'chai'

import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { deferred } from '../support/gate.js'
import { HeldLoads } from './held-loads.js'
import { claiming, ids, serviceWith } from './warmable.js'

const MINUTE = 60_000

/** Two runners of one cache stand for two processes: each has schedules of its own. */
function twoRunners(load: (id: string) => Promise<string>, cached = {}) {
  const { cache, clock } = claiming()
  const service = serviceWith({ arguments: ids('', 1), every: '10m' }, load, cached)
  const runners = [0, 1].map(() => new WarmupRunner(cache, () => [service]))
  return { cache, clock, service, runners }
}

describe('who refreshes', () => {
  it('I30: leaves a key alone that another has refreshed within half the time to the next run', async () => {
    const { clock, service, runners } = twoRunners(async (id) => id)
    const [first, second] = runners
    await first?.run()
    await clock.advance(4 * MINUTE)
    second?.start()
    await clock.advance(10 * MINUTE)
    expect(first?.schedules[0]?.last?.skips.elsewhere).to.equal(0)
    expect(second?.schedules[0]?.last?.skips.elsewhere).to.equal(1)
    expect(service.calls).to.have.length(2)
    // The first one refreshes each time, not held up by what it claimed the time before.
    await clock.advance(20 * MINUTE)
    expect(first?.schedules[0]).to.deep.include({ runs: 3 })
    expect(service.calls).to.have.length(4)
  })

  it('shares one load between those that are due at once, and its failure', async () => {
    let outcome = deferred<string>()
    outcome.resolve('1')
    const { clock, service, runners } = twoRunners(() => outcome.promise)
    await Promise.all(runners.map((runner) => runner.run()))
    outcome = deferred()
    await clock.advance(10 * MINUTE)
    outcome.reject(new RangeError())
    await clock.advance(0)
    expect(service.calls).to.have.length(2)
    for (const { schedules } of runners) {
      expect(schedules[0]?.last?.failures).to.deep.equal([
        { reason: 'load', error: 'RangeError', code: undefined, count: 1 },
      ])
    }
  })

  it('waits for a load that takes longer than a claim can be held', async () => {
    const loads = new HeldLoads()
    const { clock, runners } = twoRunners(loads.id, { timeout: { hard: '5m' } })
    const [runner] = runners
    await runner?.run()
    const door = loads.hold()
    await clock.advance(12 * MINUTE)
    expect(runner?.schedules[0]).to.deep.include({ runs: 1, last: undefined })
    door.open()
    await clock.advance(0)
    expect(runner?.schedules[0]?.last).to.deep.include({ warmed: 1, failed: 0 })
  })

  it('refreshes in each of them what was asked for by name', async () => {
    const { service, runners } = twoRunners(async (id) => id)
    for (const runner of runners) await runner.run({ refresh: true })
    await runners[0]?.run({ refresh: true })
    expect(service.calls).to.have.length(3)
  })

  it('I30: loads once, in a fleet that boots, what is stale', async () => {
    const { cache, clock, service, runners } = twoRunners(async (id) => id, {
      staleWhileRevalidate: '1h',
    })
    cache.weave(service)
    await service.profile('1')
    await clock.advance(61 * MINUTE)
    const reports = await Promise.all(runners.map((runner) => runner.run()))
    expect(service.calls).to.have.length(2)
    expect(reports.map(({ warmed, skipped }) => [warmed, skipped])).to.deep.equal([
      [1, 0],
      [0, 1],
    ])
  })
})
