import { expect } from 'chai'
import { createSandbox } from 'sinon'

import { type Mutant, scenariosOf } from './mutant.js'
import { CoherenceViolation, findViolation } from './run-scenarios.js'

/** A test for each mutant: that schedules show it. Its title says at last which one was the first. */
export function expectAllShown(mutants: readonly Mutant[], seed: number): void {
  const sandbox = createSandbox()

  afterEach(() => sandbox.restore())

  for (const mutant of mutants) {
    it(mutant.rule, async function () {
      const variant = mutant.apply(sandbox) ?? {}
      const parameters = { numRuns: mutant.within, seed }
      const { runs, failure } = await findViolation(scenariosOf(mutant), parameters, variant)
      if (this.test !== undefined) this.test.title += ` (shown by schedule ${runs})`
      expect(failure).to.be.instanceOf(CoherenceViolation)
    })
  }
}
