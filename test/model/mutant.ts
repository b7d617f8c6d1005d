import type * as fc from 'fast-check'
import type { SinonSandbox } from 'sinon'

import { calmScenarios, faultyScenarios, type Focus, type Scenario } from './scenario.js'
import type { Variant } from './world.js'

/** The engine, or a script, with one rule left out. */
export interface Mutant {
  /** The rule that it breaks. */
  readonly rule: string
  /** Where the rule matters, so that few schedules show that it is missing. */
  readonly focus: Focus
  /** So many schedules show it: ten times as many as it took on average, and more. */
  readonly within: number
  /** It takes many hundreds, and waits for `npm run test:soak`. */
  readonly isRare?: boolean
  readonly apply: (sandbox: SinonSandbox) => Variant | void
}

/** One server and nothing stale, scoped, or kept in memory only; requests get through. */
export const PLAIN: Focus = {
  isScoped: false,
  isStale: false,
  isMemoryOnly: false,
  servers: 1,
  lossRate: 0,
}

/** As much as possible on one key. */
export const DENSE: Focus = { ...PLAIN, isDense: true }

/** The scenarios in which it shows. */
export function scenariosOf({ focus }: Mutant): fc.Arbitrary<Scenario> {
  return focus.faults === undefined ? calmScenarios(focus) : faultyScenarios(focus)
}
