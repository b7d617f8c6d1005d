import { expect } from 'chai'
import * as fc from 'fast-check'

import { MemoryEntry } from '../../src/engine/memory-entry.js'
import { Shortcuts } from '../../src/engine/shortcuts.js'
import { EntryKeys } from '../../src/keys/entry-keys.js'
import { prepare, Stored } from '../../src/values/isolation.js'

const PREFIX = 'prefix/'
const keys = new EntryKeys(PREFIX, (key) => key)

function entryOf(key: string): MemoryEntry {
  const stored = prepare(key, 'freeze', 1_000)
  if (!(stored instanceof Stored)) throw new Error('refused')
  const instants = { position: 0, begunAt: 0, freshUntil: 1, refreshAt: 1, keptUntil: 1 }
  return new MemoryEntry({ key, id: key, stored, markers: [], ...instants, shared: undefined })
}

const argument = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(
    '',
    '0',
    '-0',
    '1',
    'NaN',
    '"',
    '!"',
    '()',
    '\ud800',
    'Infinity',
    'long'.repeat(9),
  ),
)

describe('Shortcuts', () => {
  it('I26: find by an argument nothing but the entry of its own key, and nothing when that is dropped', () => {
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 12 }), fc.nat(), (list, which) => {
        const shortcuts = new Shortcuts(PREFIX.length)
        const entries = new Map<string, MemoryEntry>()
        for (const each of list) {
          const key = String(keys.keyOf([each], undefined))
          if (!entries.has(key)) entries.set(key, entryOf(key))
          shortcuts.add(each, entries.get(key) as MemoryEntry)
        }
        for (const each of list) {
          const found = shortcuts.find(each)
          if (found !== undefined) expect(found.key).to.equal(keys.keyOf([each], undefined))
        }
        const dropped = list[which % Math.max(1, list.length)]
        if (dropped === undefined) return
        shortcuts.drop(String(keys.keyOf([dropped], undefined)))
        expect(shortcuts.find(dropped)).to.equal(undefined)
        for (const key of entries.keys()) shortcuts.drop(key)
        for (const each of list) expect(shortcuts.find(each)).to.equal(undefined)
      }),
      { numRuns: 3_000 },
    )
  })

  it('finds texts and numbers, each by its own', () => {
    const shortcuts = new Shortcuts(PREFIX.length)
    const list = [
      '1',
      1,
      'a',
      '',
      'NaN',
      NaN,
      1.5,
      -1e21,
      'a text of more than thirteen characters',
    ]
    const entries = list.map((each) => entryOf(String(keys.keyOf([each], undefined))))
    list.forEach((each, index) => {
      const entry = entries[index] as MemoryEntry
      shortcuts.add(each, entry)
      shortcuts.add(each, entry)
    })
    const expected = entries.map((entry) => (entry.key === `${PREFIX}NaN` ? undefined : entry))
    expect(list.map((each) => shortcuts.find(each))).to.deep.equal(expected)
    expect(entries[0]?.shortcuts).to.equal(shortcuts)
  })

  it('S13: find nothing by an argument whose key has a scope', () => {
    const shortcuts = new Shortcuts(PREFIX.length)
    shortcuts.add('id', entryOf(String(keys.keyOf(['id'], 'tenant'))))
    expect(shortcuts.find('id')).to.equal(undefined)
  })

  it('I26: have no doubt about either zero, or a lone surrogate', () => {
    const shortcuts = new Shortcuts(PREFIX.length)
    for (const each of [0, -0, '\ud800']) {
      shortcuts.add(each, entryOf(String(keys.keyOf([each], undefined))))
      expect(shortcuts.find(each)).to.equal(undefined)
    }
  })
})
