import { expect } from 'chai'
import fc from 'fast-check'

import { readSlots, SlotMap } from '../../src/redis/slot-map.js'

describe('SlotMap', () => {
  const left = { host: 'left', port: 1 }
  const right = { host: 'right', port: 2 }

  it('knows nobody at first', () => {
    const map = new SlotMap()
    expect(map.isEmpty).to.equal(true)
    expect(map.ownerOf(0)).to.equal(undefined)
  })

  it('finds the master of each slot, to the borders', () => {
    const map = new SlotMap()
    map.replace([
      { first: 0, last: 99, master: left },
      { first: 100, last: 16_000, master: right },
    ])
    expect([0, 99, 100, 16_000, 16_001].map((slot) => map.ownerOf(slot))).to.deep.equal([
      left,
      left,
      right,
      right,
      undefined,
    ])
  })

  it('F32: moves one slot, until a whole map comes', () => {
    const map = new SlotMap()
    const all = [{ first: 0, last: 16_383, master: left }]
    map.replace(all)
    map.move(7, right)
    expect([6, 7, 8].map((slot) => map.ownerOf(slot))).to.deep.equal([left, right, left])
    map.replace(all)
    expect(map.ownerOf(7)).to.equal(left)
  })
})

describe('readSlots', () => {
  it('reads masters and leaves replicas out', () => {
    const reply = [[0, 5, [Buffer.from('a'), 1, Buffer.from('id')], [Buffer.from('b'), 2]]]
    expect(readSlots(reply, 'asked')).to.deep.equal([
      { first: 0, last: 5, master: { host: 'a', port: 1 } },
    ])
  })

  it('takes the host it asked for one that is not told', () => {
    for (const host of [null, Buffer.from(''), Buffer.from('?')]) {
      const ranges = readSlots([[0, 1, [host, 6379]]], 'asked')
      expect(ranges?.[0]?.master.host).to.equal('asked')
    }
  })

  it('S40: drops whatever is no range of slots, and never throws', () => {
    for (const range of [
      [-1, 5, ['a', 1]],
      [0, 16_384, ['a', 1]],
      [5, 4, ['a', 1]],
      [0.5, 4, ['a', 1]],
      [0, 5, ['a', 0]],
      [0, 5, ['a', 65_536]],
      [0, 5, 'a'],
      ['__proto__', 5, ['a', 1]],
      [0, 5],
    ]) {
      expect(readSlots([range], 'asked')).to.equal(undefined)
    }
    fc.assert(
      fc.property(fc.anything(), (reply) => {
        readSlots(reply, 'asked')
      }),
    )
  })
})
