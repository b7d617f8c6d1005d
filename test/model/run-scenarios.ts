import * as fc from 'fast-check'

import { seededRandom } from '../support/random.js'
import type { Scenario } from './scenario.js'
import { World, type Variant } from './world.js'

export interface Tally {
  runs: number
  /** Schedules in which an invalidation was under way while a load of the same row was. */
  crossings: number
  /** Reads while nothing is invalidated any more, after the first of each key and process. */
  quietReads: number
  quietLoads: number
}

/** Of the reads in quiet phases, which part ran no load. */
export function hitRatio({ quietLoads, quietReads }: Tally): number {
  return 1 - quietLoads / quietReads
}

/** A history that breaks the promise. */
export class CoherenceViolation extends Error {
  override readonly name = 'CoherenceViolation'
}

/** Which schedules to run. */
export interface Parameters {
  readonly numRuns: number
  readonly seed: number
  /** Of one schedule, to run no other; '' for all. */
  readonly path?: string
}

/**
 * Runs so many schedules of random scenarios.
 *
 * @throws when one of them breaks the promise: its seed and path, the scenario, and what happened
 */
export async function runScenarios(
  scenarios: fc.Arbitrary<Scenario>,
  parameters: Parameters,
): Promise<Tally> {
  const tally: Tally = { runs: 0, crossings: 0, quietReads: 0, quietLoads: 0 }
  const property = propertyOf(scenarios, {}, ({ history, quietReads, quietLoads }) => {
    tally.runs += 1
    if (history.hasCrossing) tally.crossings += 1
    tally.quietReads += quietReads
    tally.quietLoads += quietLoads
  })
  await fc.assert(property, resolved(parameters))
  return tally
}

/** What happened in each schedule, in words. */
export async function historiesOf(
  scenarios: fc.Arbitrary<Scenario>,
  parameters: Parameters,
): Promise<string[]> {
  const histories: string[] = []
  const property = propertyOf(scenarios, {}, ({ history }) => histories.push(history.toString()))
  await fc.assert(property, resolved(parameters))
  return histories
}

/** Runs schedules until one breaks the promise: how many it took, and how it broke. */
export async function findViolation(
  scenarios: fc.Arbitrary<Scenario>,
  parameters: Parameters,
  variant: Variant,
): Promise<{ readonly runs: number; readonly failure: unknown }> {
  const property = propertyOf(scenarios, variant, () => undefined)
  const result = await fc.check(property, { ...resolved(parameters), endOnFailure: true })
  return { runs: result.numRuns, failure: result.errorInstance ?? undefined }
}

function propertyOf(
  scenarios: fc.Arbitrary<Scenario>,
  variant: Variant,
  onEnd: (world: World) => void,
): fc.IAsyncProperty<[Scenario, fc.Scheduler]> {
  return fc.asyncProperty(scenarios, fc.scheduler(), async (scenario, scheduler) => {
    onEnd(await runScenario(scenario, scheduler, variant))
  })
}

function resolved({ path = '', ...rest }: Parameters): fc.Parameters<[Scenario, fc.Scheduler]> {
  return path === '' ? rest : { ...rest, path, endOnFailure: true }
}

async function runScenario(
  scenario: Scenario,
  scheduler: fc.Scheduler,
  variant: Variant,
): Promise<World> {
  const world = new World(scenario, scheduler, seededRandom(scenario.seed), variant)
  try {
    await world.run()
  } catch (error) {
    throw new Error(`${String(error)}\n${world.history.toString()}`, { cause: error })
  }
  const { violations } = world.history
  if (violations.length === 0) return world
  throw new CoherenceViolation(`${violations.join('\n')}\n${world.history.toString()}`)
}
