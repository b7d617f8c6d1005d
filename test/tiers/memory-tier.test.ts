import { expect } from 'chai'

import { MemoryEntry } from '../../src/engine/memory-entry.js'
import { MemoryTier } from '../../src/tiers/memory-tier.js'
import { prepare, Stored } from '../../src/values/isolation.js'

function entry(key: string, id: string): MemoryEntry {
  const stored = prepare(key, 'freeze', 1_000)
  if (!(stored instanceof Stored)) throw new Error('refused')
  return new MemoryEntry({
    key,
    id,
    stored,
    markers: [],
    position: 0,
    begunAt: 0,
    freshUntil: 1,
    refreshAt: 1,
    keptUntil: 1,
    shared: undefined,
  })
}

function tier(): MemoryTier {
  return new MemoryTier({
    maxItems: 10,
    maxBytes: 10_000,
    indexed: true,
    onCapacity: () => undefined,
    tallyOf: () => undefined,
  })
}

describe('MemoryTier', () => {
  it('S1: of two keys that share a name in Redis none outlives the eviction of that name', () => {
    const memory = tier()
    memory.set(entry('first', 'name'))
    memory.set(entry('second', 'name'))
    memory.deleteId('name')
    expect(memory.get('first')).to.equal(undefined)
    expect(memory.get('second')).to.equal(undefined)
  })

  it('S1: a key that took the name of another one is found by it after that one was deleted', () => {
    const memory = tier()
    memory.set(entry('first', 'name'))
    memory.set(entry('second', 'name'))
    memory.delete('first')
    expect(memory.deleteId('name')).to.equal('second')
  })

  it('I1: an entry that replaced another one of its key goes with its name', () => {
    const memory = tier()
    memory.set(entry('key', 'name'))
    memory.set(entry('key', 'name'))
    expect(memory.deleteId('name')).to.equal('key')
    expect(memory.size).to.equal(0)
  })
})
