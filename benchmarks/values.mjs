import { randomBytes } from 'node:crypto'

import superjson from 'superjson'

import { measure } from './measure.mjs'

/*
 * Measures what a value costs on its way through the tiers, in microseconds: inspecting, copying
 * and returning it, sealing it for Redis and reading it again. JSON, superjson and structuredClone
 * are measured for comparison.
 *
 * Needs `npm run build:test`, because the measured functions are not part of the public API.
 */
const SOURCES = new URL('../out/src/', import.meta.url)
const { inspect } = await import(`${SOURCES}values/inspect.js`)
const { prepare } = await import(`${SOURCES}values/isolation.js`)
const { createSealer } = await import(`${SOURCES}values/sealer.js`)

const row = (index) => ({ id: index, name: `row ${index}`, active: true, score: index / 3 })
const VALUES = {
  '5 fields': { id: 1, name: 'Ada Lovelace', mail: 'ada@example.org', active: true, score: 12.5 },
  '100 rows': Array.from({ length: 100 }, (_, index) => row(index)),
  'with dates': Array.from({ length: 100 }, (_, index) => ({ ...row(index), at: new Date(index) })),
}
const LIMIT = 1_048_576
const PLAIN = { compressAbove: Number.POSITIVE_INFINITY, maxValueBytes: LIMIT }
const DEFLATED = { compressAbove: 0, maxValueBytes: LIMIT }
const fingerprint = '\u0007'.repeat(16)
const header = { tokens: ['a'.repeat(16), 'b'.repeat(16)], tags: [] }
const sealer = createSealer({})
const encryption = { current: 'one', keys: { one: randomBytes(32) } }
const encrypting = createSealer({ encryption })

const seal = (by, stored, limits) => by.seal(fingerprint, header, by.pack(stored, limits))

const table = {}
for (const [name, value] of Object.entries(VALUES)) {
  const figures = measure(waysOf(value), { rounds: 60, batch: 1_000_000 })
  for (const [way, nanoseconds] of Object.entries(figures)) {
    table[way] = { ...table[way], [name]: Number((nanoseconds / 1_000).toPrecision(2)) }
  }
}
console.table(table)

function waysOf(value) {
  const text = JSON.stringify(value)
  const rich = superjson.stringify(value)
  const frozen = prepare(value, 'freeze', LIMIT)
  const copied = prepare(value, 'copy', LIMIT)
  const bytes = seal(sealer, frozen, PLAIN)
  return {
    'JSON.stringify': () => JSON.stringify(value),
    'JSON.parse': () => JSON.parse(text),
    'superjson, writing': () => superjson.stringify(value),
    'superjson, reading': () => superjson.parse(rich),
    structuredClone: () => structuredClone(value),
    inspect: () => inspect(value, LIMIT),
    'inspect and keep, freeze': () => prepare(value, 'freeze', LIMIT),
    'hand out, freeze': () => frozen.take(),
    'hand out, copy': () => copied.take(),
    seal: () => seal(sealer, frozen, PLAIN),
    '… and DEFLATE': () => seal(sealer, frozen, DEFLATED),
    '… and AES-256-GCM': () => seal(encrypting, frozen, PLAIN),
    'check, read the header': () => sealer.open(fingerprint, bytes),
    '… and decode': () => sealer.open(fingerprint, bytes).decode(LIMIT),
  }
}
