import * as fc from 'fast-check'

import type { Consistency } from '../../src/engine/policy.js'

/** What one client does next. Numbers are taken modulo what there is to choose from. */
export interface Operation {
  readonly kind: OperationKind
  readonly key: number
  readonly scope: number
}

export const OPERATION_KINDS = [
  'read',
  'many',
  'look-up',
  'peek',
  'evict',
  'evict-both',
  'invalidate-tag',
  'clear-namespace',
  'clear-entry',
  'clear-scope',
  'put',
  'refresh',
  'expire',
  'unit',
  'failing-unit',
] as const

export type OperationKind = (typeof OPERATION_KINDS)[number]

export const FAULT_KINDS = [
  'flush',
  'lose-key',
  'fail-over',
  'cut',
  'cut-log',
  'refuse',
  'memory-full',
  'misconfigured',
  'pause',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export interface Fault {
  readonly kind: FaultKind
  readonly choice: number
}

export interface ProcessPlan {
  readonly consistency: Consistency
  /** The version of its code. */
  readonly version: '1' | '2'
  readonly clients: readonly (readonly Operation[])[]
}

/** One schedule's plan, without the order in which its steps happen. */
export interface Scenario {
  readonly processes: readonly ProcessPlan[]
  readonly faults: readonly Fault[]
  readonly isTagged: boolean
  readonly isScoped: boolean
  /** Short-lived entries that are served stale and refreshed. */
  readonly isStale: boolean
  /** Whether results stay in memory only. */
  readonly isMemoryOnly: boolean
  /** Masters: one, or a cluster. */
  readonly servers: number
  /** Whether time passes while there is something else to do. */
  readonly isHasty: boolean
  /** Of a hundred requests, how many go wrong. */
  readonly lossRate: number
  readonly seed: number
}

/** How often each operation comes: reads most, what invalidates often enough to cross them. */
const WEIGHTS: Record<OperationKind, number> = {
  read: 30,
  many: 5,
  'look-up': 5,
  peek: 2,
  evict: 16,
  'evict-both': 3,
  'invalidate-tag': 8,
  'clear-namespace': 4,
  'clear-entry': 3,
  'clear-scope': 3,
  put: 8,
  refresh: 4,
  expire: 3,
  unit: 4,
  'failing-unit': 2,
}

/**
 * A few kinds at a time: what only goes wrong when two of them meet again and again is then found,
 * which in a mixture of all would hardly happen ("swarm testing", Groce and others, ISSTA 2012).
 */
const kinds: fc.Arbitrary<OperationKind[]> = fc
  .subarray([...OPERATION_KINDS], { minLength: 1, maxLength: 6 })
  .map((some) => [...some, 'read'])

function operationOf(some: readonly OperationKind[]): fc.Arbitrary<Operation> {
  return fc.record({
    kind: fc.oneof(
      ...some.map((kind) => ({ weight: WEIGHTS[kind], arbitrary: fc.constant(kind) })),
    ),
    key: fc.constantFrom(0, 0, 0, 1),
    scope: fc.nat(1),
  })
}

function processPlanOf(some: readonly OperationKind[]): fc.Arbitrary<ProcessPlan> {
  const client = fc.array(operationOf(some), { minLength: 1, maxLength: 5 })
  return fc.record({
    consistency: fc.constantFrom('bounded', 'bounded', 'strict'),
    version: fc.constantFrom('1', '1', '1', '2'),
    clients: fc.array(client, { minLength: 1, maxLength: 3 }),
  })
}

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom(...FAULT_KINDS),
  choice: fc.nat(15),
})

function oneIn(count: number): fc.Arbitrary<boolean> {
  return fc.nat(count - 1).map((number) => number === count - 1)
}

/** Scenarios in which nothing goes wrong but the order of things. */
export function calmScenarios(): fc.Arbitrary<Scenario> {
  return scenarios(fc.constant([]), fc.constant(0))
}

/** Scenarios with faults of Redis and of the network. */
export function faultyScenarios(): fc.Arbitrary<Scenario> {
  return scenarios(fc.array(fault, { minLength: 1, maxLength: 4 }), fc.constantFrom(0, 5, 20))
}

function scenarios(
  faults: fc.Arbitrary<readonly Fault[]>,
  lossRate: fc.Arbitrary<number>,
): fc.Arbitrary<Scenario> {
  return fc.record({
    processes: kinds.chain((some) => fc.array(processPlanOf(some), { minLength: 2, maxLength: 2 })),
    faults,
    isTagged: fc.boolean(),
    isScoped: oneIn(4),
    isStale: oneIn(4),
    isMemoryOnly: oneIn(12),
    servers: fc.constantFrom(1, 1, 1, 2),
    isHasty: fc.boolean(),
    lossRate,
    seed: fc.nat(2 ** 31 - 1),
  })
}
