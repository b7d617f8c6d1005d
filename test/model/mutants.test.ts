import { expect } from 'chai'
import { createSandbox } from 'sinon'

import { RedisStore } from '../../src/redis/redis-store.js'
import { MemoryTier } from '../../src/tiers/memory-tier.js'
import { expectAllShown } from './expect-all-shown.js'
import { MUTANTS } from './mutants.js'
import { hitRatio, runScenarios } from './run-scenarios.js'
import { calmScenarios } from './scenario.js'

/** Shows each mutant soon; `SCHEDULE_SEED` names other schedules. */
const SEED = Number(process.env['SCHEDULE_SEED'] ?? 20_261_124)

/** A test of the tests: with any one rule left out, they must see the promise broken. */
describe(`Random schedules show when a rule is missing (SCHEDULE_SEED=${SEED})`, function () {
  this.timeout(60_000)

  const common = MUTANTS.filter(({ isRare }) => isRare !== true)
  expectAllShown(common, SEED)

  it('and when nothing is cached at all, which would break no promise', async () => {
    const sandbox = createSandbox()
    sandbox.stub(MemoryTier.prototype, 'set')
    sandbox.stub(RedisStore.prototype, 'store').resolves(false)
    try {
      const tally = await runScenarios(calmScenarios(), { numRuns: 30, seed: SEED })
      expect(hitRatio(tally)).to.be.below(0.5)
    } finally {
      sandbox.restore()
    }
  })
})
