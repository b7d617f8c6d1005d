import * as fc from 'fast-check'

import type { ModelScripts } from '../support/model/scripts.js'
import { seededRandom } from '../support/random.js'
import type { Scenario } from './scenario.js'
import { World } from './world.js'

export interface RunOptions {
  readonly seed?: number
  readonly path?: string
  readonly scripts?: ModelScripts
}

export interface Tally {
  runs: number
  /** Schedules in which an invalidation was under way while a load of the same row was. */
  crossings: number
  quietReads: number
  quietLoads: number
}

/**
 * Runs so many schedules of random scenarios.
 *
 * @throws when a history breaks the promise: the scenario, its seed, and what happened
 */
export async function runScenarios(
  scenarios: fc.Arbitrary<Scenario>,
  numRuns: number,
  options: RunOptions = {},
): Promise<Tally> {
  const tally: Tally = { runs: 0, crossings: 0, quietReads: 0, quietLoads: 0 }
  const { scripts } = options
  const property = fc.asyncProperty(scenarios, fc.scheduler(), async (scenario, scheduler) => {
    const world = await runScenario(scenario, scheduler, scripts)
    tally.runs += 1
    if (world.history.hasCrossing) tally.crossings += 1
    tally.quietReads += world.quietReads
    tally.quietLoads += world.quietLoads
  })
  await fc.assert(property, {
    numRuns,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.path === undefined ? {} : { path: options.path, endOnFailure: true }),
  })
  return tally
}

/** One schedule. The engine's own randomness is taken from the scenario, so that it can be repeated. */
async function runScenario(
  scenario: Scenario,
  scheduler: fc.Scheduler,
  scripts: ModelScripts | undefined,
): Promise<World> {
  const { random } = Math
  Math.random = seededRandom(scenario.seed + 1)
  const world = new World(scenario, scheduler, scripts)
  try {
    await world.run()
  } catch (error) {
    throw new Error(`${String(error)}\n${world.history.toString()}`, { cause: error })
  } finally {
    Math.random = random
  }
  const { violations } = world.history
  if (violations.length > 0) {
    throw new Error(`${violations.join('\n')}\n${world.history.toString()}`)
  }
  return world
}
