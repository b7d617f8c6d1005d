import { expect } from 'chai'
import { createSandbox } from 'sinon'

import { ENGINE_MUTANTS } from './engine-mutants.js'
import { CoherenceViolation, findViolation } from './run-scenarios.js'
import { calmScenarios, faultyScenarios } from './scenario.js'
import { SCRIPT_MUTANTS } from './script-mutants.js'

/** Repeats the schedules that show each mutant soon; `SCHEDULE_SEED` names others. */
const SEED = Number(process.env['SCHEDULE_SEED'] ?? 20_261_124)

/** A test of the tests: with any one rule left out, they must see the promise broken. */
describe('random schedules show when a rule is missing', () => {
  const sandbox = createSandbox()

  afterEach(() => sandbox.restore())

  for (const { rule, focus, within, apply } of [...ENGINE_MUTANTS, ...SCRIPT_MUTANTS]) {
    it(rule, async function () {
      this.timeout(300_000)
      const variant = apply(sandbox) ?? {}
      const scenarios = focus.faults === undefined ? calmScenarios(focus) : faultyScenarios(focus)
      const { failure } = await findViolation(scenarios, { numRuns: within, seed: SEED }, variant)
      expect(failure).to.be.instanceOf(CoherenceViolation)
    })
  }
})
