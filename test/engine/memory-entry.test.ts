import { expect } from 'chai'
import * as fc from 'fast-check'

import type { Marker } from '../../src/engine/markers.js'
import { MemoryEntry, type MemoryEntryFields } from '../../src/engine/memory-entry.js'
import { prepare, Stored } from '../../src/values/isolation.js'

const MARKER_LISTS: readonly (readonly Marker[])[] = ['one', 'other'].map((name) => [
  { name, changedAt: 0, token: undefined, tokenAt: -1 },
])
const ORIGIN = { stamp: 'stamp', tokens: [], tags: [] }

function storedOf(value: unknown, isolation: 'freeze' | 'copy' | 'share'): Stored {
  const stored = prepare(value, isolation, 1_000_000)
  if (!(stored instanceof Stored)) throw new Error('refused')
  return stored
}

const stored = fc
  .tuple(
    fc.constantFrom<unknown>('text', 1, null, undefined, { a: [1] }, { at: new Date(5) }, [1n]),
    fc.constantFrom('freeze' as const, 'copy' as const, 'share' as const),
  )
  .map(([value, isolation]) => storedOf(value, isolation))

const instant = fc.double({ min: 0, max: 2e9, noNaN: true })

const fields: fc.Arbitrary<MemoryEntryFields> = fc.record({
  key: fc.constantFrom('key', 'other key'),
  id: fc.constantFrom('key', 'id'),
  stored,
  markers: fc.constantFrom(...MARKER_LISTS),
  position: fc.nat(),
  begunAt: instant,
  freshUntil: instant,
  refreshAt: fc.oneof(instant, fc.constant(Number.POSITIVE_INFINITY)),
  keptUntil: instant,
  shared: fc.constantFrom(undefined, ORIGIN),
})

/** What the entry was made of, as it shows. */
function shown(entry: MemoryEntry): MemoryEntryFields {
  const { key, id, markers, position, begunAt, freshUntil, refreshAt, keptUntil, shared } = entry
  const instants = { begunAt, freshUntil, refreshAt, keptUntil }
  return { key, id, stored: entry.stored, markers, position, ...instants, shared }
}

function rounded(given: MemoryEntryFields): MemoryEntryFields {
  return {
    ...given,
    begunAt: Math.floor(given.begunAt),
    freshUntil: Math.floor(given.freshUntil),
    refreshAt: Math.floor(given.refreshAt),
    keptUntil: Math.floor(given.keptUntil),
  }
}

describe('MemoryEntry', () => {
  it('gives back what it was made of, whatever it shares with the entries before it', () => {
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 8 }), (list) => {
        const entries = list.map((each) => new MemoryEntry(each))
        expect(entries.map(shown)).to.deep.equal(list.map(rounded))
        entries.forEach((entry, index) => {
          expect(entry.markers).to.equal(list[index]?.markers)
          expect(entry.bytes).to.equal(list[index]?.stored.bytes)
        })
      }),
      { numRuns: 2_000 },
    )
  })

  it('I24: hands its value out as results are handed out: itself, or a copy of what may be changed', () => {
    fc.assert(
      fc.property(fields, (given) => {
        const entry = new MemoryEntry(given)
        expect(entry.take()).to.deep.equal(given.stored.take())
        const isItself = given.stored.shared || typeof given.stored.value !== 'object'
        expect(entry.take() === given.stored.value).to.equal(isItself)
      }),
      { numRuns: 500 },
    )
  })

  it('is the same when it has expired, but no longer fresh', () => {
    fc.assert(
      fc.property(fields, fc.nat(), (given, now) => {
        const expired = { ...rounded(given), freshUntil: now, refreshAt: now }
        expect(shown(new MemoryEntry(given).expiredAt(now))).to.deep.equal(expired)
      }),
      { numRuns: 500 },
    )
  })
})
