import { expect } from 'chai'

import { expectAllShown } from '../model/expect-all-shown.js'
import { scenariosOf } from '../model/mutant.js'
import { MUTANTS } from '../model/mutants.js'
import { findViolation } from '../model/run-scenarios.js'
import { SCHEDULE_SEED } from '../model/schedule-seed.js'

/** Where each mutant is looked for, so many schedules of the engine as it is must show nothing. */
const RUNS = 300

describe(`Random schedules show when a rule is missing (SCHEDULE_SEED=${SCHEDULE_SEED})`, function () {
  this.timeout(0)

  expectAllShown(MUTANTS, SCHEDULE_SEED)

  it('and with all rules in place they show nothing', async () => {
    for (const mutant of MUTANTS) {
      const parameters = { numRuns: RUNS, seed: SCHEDULE_SEED }
      const { failure } = await findViolation(scenariosOf(mutant), parameters, {})
      expect(failure, mutant.rule).to.equal(undefined)
    }
  })
})
