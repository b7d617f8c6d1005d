import * as fc from 'fast-check'

import { runScenarios } from './run-scenarios.js'
import { calmScenarios, faultyScenarios } from './scenario.js'

describe('coherence of the engine under random schedules', () => {
  it('I1-I22: without faults', async function () {
    this.timeout(200_000)
    const t = await runScenarios(calmScenarios(), Number(process.env['N'] ?? 500))
    console.log(t)
  })
  it('I1-I22: with faults', async function () {
    this.timeout(200_000)
    const t = await runScenarios(faultyScenarios(), Number(process.env['N'] ?? 500))
    console.log(t)
  })
})
void fc
