/**
 * Run by a test as a program of its own: freezes what everything inherits from, stores and reads
 * values of every type, opens broken payloads, and prints what came of it.
 */
import type { FuzzReport } from './fuzz.js'

/** What the program prints. */
export interface FrozenReport {
  readonly fuzz: FuzzReport
  readonly differences: string[]
  /** Bytes by which the heap grew over the second half of the payloads. */
  readonly growth: number
}

const ROUNDS = 50_000

const { fuzz } = await import('./fuzz.js')
const { seededRandom } = await import('../support/random.js')
const { differenceOf } = await import('./difference.js')
const { createSealer } = await import('../../src/values/sealer.js')
const { keep, openNow, sealNow } = await import('./sealing.js')

for (const type of [Object, Array, Map, Set, Date, Function, String, Number]) {
  Object.freeze(type.prototype)
}

const VALUES: readonly unknown[] = [
  { toString: 'a', valueOf: { hasOwnProperty: 1 } },
  JSON.parse('{"__proto__":{"a":1},"constructor":"Ferrari"}'),
  { toString: undefined, at: new Date(5), map: new Map([[{ valueOf: 1n }, new Set([-0])]]) },
  Object.assign(Object.create(null), { toString: 1n, list: [Buffer.from('a')] }),
]

const differences: string[] = []
for (const value of VALUES) {
  const stored = keep(value)
  const decoded = openNow(createSealer({}), 'key', sealNow(createSealer({}), 'key', stored))
  if (typeof decoded === 'string') throw new Error(decoded)
  for (const got of [stored.take(), decoded.value]) {
    const difference = differenceOf(got, value)
    if (difference !== undefined) differences.push(difference)
  }
}

fuzz(ROUNDS / 2, seededRandom(7))
const before = heap()
const report: FrozenReport = {
  fuzz: fuzz(ROUNDS, seededRandom(8)),
  differences,
  growth: heap() - before,
}
process.stdout.write(JSON.stringify(report))

function heap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
