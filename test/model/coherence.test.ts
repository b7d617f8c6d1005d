import { expect } from 'chai'

import { countSchedules } from './count-schedules.js'
import { historiesOf } from './run-scenarios.js'
import { SCHEDULE_PATH, SCHEDULE_SEED } from './schedule-seed.js'
import { faultyScenarios } from './scenario.js'

/** Schedules of each kind; `npm run test:soak` runs very many more. */
const RUNS = 1_000

/**
 * The promise, tried on the real engine and the real store over a model of Redis: a read that starts
 * after an invalidation was acknowledged returns no value whose load began before it.
 */
describe(`Coherence under random schedules (SCHEDULE_SEED=${SCHEDULE_SEED})`, function () {
  this.timeout(120_000)

  for (const isFaulty of [false, true]) {
    const what = isFaulty ? 'whatever fails in Redis and on the way to it' : 'in any order of steps'

    it(`I1-I22, I27: no read is older than an acknowledged invalidation, ${what}`, async function () {
      await countSchedules(this, { isFaulty, processes: 2 }, RUNS)
    })
  }

  it('a schedule is the same whenever it is run, so that what fails can be run again', async () => {
    const parameters = { numRuns: 50, seed: SCHEDULE_SEED, path: SCHEDULE_PATH }
    const histories = await historiesOf(faultyScenarios(), parameters)
    expect(await historiesOf(faultyScenarios(), parameters)).to.deep.equal(histories)
    expect(new Set(histories)).to.have.length.above(SCHEDULE_PATH === '' ? 45 : 0)
  })
})
