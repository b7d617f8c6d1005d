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
  'lose-marker',
  'lose-log',
  'fail-over',
  'cut',
  'cut-log',
  'silent-log',
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
  /** Whether its reads ask for the lease at once. */
  readonly isEager?: boolean
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
  /** Whether loads take long beside everything else. */
  readonly isSlow: boolean
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

/** What scenarios are limited to; what is left out is anything. */
export interface Focus {
  /** Each as often as the others. */
  readonly kinds?: readonly OperationKind[]
  readonly faults?: readonly FaultKind[]
  readonly consistency?: Consistency
  readonly versions?: readonly ('1' | '2')[]
  readonly isTagged?: boolean
  readonly isScoped?: boolean
  readonly isStale?: boolean
  readonly isSlow?: boolean
  readonly isMemoryOnly?: boolean
  readonly isHasty?: boolean
  readonly servers?: number
  readonly lossRate?: number
  readonly processes?: number
  /** Many operations, and most of them on one key. */
  readonly isDense?: boolean
}

/** Scenarios in which nothing goes wrong but the order of things. */
export function calmScenarios(focus: Focus = {}): fc.Arbitrary<Scenario> {
  return scenarios({ faults: [], lossRate: 0, ...focus })
}

/** Scenarios with faults of Redis and of the network. */
export function faultyScenarios(focus: Focus = {}): fc.Arbitrary<Scenario> {
  return scenarios({ faults: FAULT_KINDS, ...focus })
}

function scenarios(focus: Focus): fc.Arbitrary<Scenario> {
  const { faults = [], processes = 2 } = focus
  return fc.record({
    processes: kindsOf(focus).chain((kinds) =>
      fc.array(processPlan(kinds, focus), { minLength: processes, maxLength: processes }),
    ),
    faults: faults.length === 0 ? fc.constant([]) : faultsOf(faults),
    isTagged: fixedOr(focus.isTagged, fc.boolean()),
    isScoped: fixedOr(focus.isScoped, oneIn(4)),
    isStale: fixedOr(focus.isStale, oneIn(4)),
    isSlow: fixedOr(focus.isSlow, oneIn(3)),
    isMemoryOnly: fixedOr(focus.isMemoryOnly, oneIn(12)),
    servers: fixedOr(focus.servers, fc.constantFrom(1, 1, 1, 2)),
    isHasty: fixedOr(focus.isHasty, fc.boolean()),
    lossRate: fixedOr(focus.lossRate, fc.constantFrom(0, 5, 20)),
    seed: fc.nat(2 ** 31 - 1),
  })
}

function faultsOf(kinds: readonly FaultKind[]): fc.Arbitrary<readonly Fault[]> {
  const fault = fc.record({ kind: fc.constantFrom(...kinds), choice: fc.nat(15) })
  return fc.array(fault, { minLength: 1, maxLength: 4 })
}

/**
 * A few kinds at a time: what only goes wrong when two of them meet again and again is then found,
 * which in a mixture of all would hardly happen ("swarm testing", Groce and others, ISSTA 2012).
 */
function kindsOf({ kinds }: Focus): fc.Arbitrary<readonly OperationKind[]> {
  if (kinds !== undefined) return fc.constant(kinds)
  return fc
    .subarray([...OPERATION_KINDS], { minLength: 1, maxLength: 6 })
    .map((some): readonly OperationKind[] => [...some, 'read'])
}

function processPlan(kinds: readonly OperationKind[], focus: Focus): fc.Arbitrary<ProcessPlan> {
  const operation: fc.Arbitrary<Operation> = fc.record({
    kind: fc.oneof(
      ...kinds.map((kind) => ({
        weight: focus.kinds === undefined ? WEIGHTS[kind] : 1,
        arbitrary: fc.constant(kind),
      })),
    ),
    key:
      focus.isDense === true ? fc.constantFrom(0, 0, 0, 0, 0, 0, 1) : fc.constantFrom(0, 0, 0, 1),
    scope: fc.nat(1),
  })
  const isDense = focus.isDense === true
  const client = fc.array(operation, { minLength: isDense ? 3 : 1, maxLength: isDense ? 6 : 5 })
  return fc.record({
    consistency: fixedOr<Consistency>(
      focus.consistency,
      fc.constantFrom('bounded', 'bounded', 'strict'),
    ),
    version: fc.constantFrom(...(focus.versions ?? (['1', '1', '1', '2'] as const))),
    isEager: oneIn(3),
    clients: fc.array(client, { minLength: isDense ? 2 : 1, maxLength: 3 }),
  })
}

function fixedOr<T>(fixed: T | undefined, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fixed === undefined ? otherwise : fc.constant(fixed)
}

function oneIn(count: number): fc.Arbitrary<boolean> {
  return fc.nat(count - 1).map((number) => number === count - 1)
}
