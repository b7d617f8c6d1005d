import { expect } from 'chai'
import fc from 'fast-check'

import { hashSlot, SLOTS } from '../../src/redis/hash-slot.js'

describe('hashSlot', () => {
  it('agrees with the examples of the Redis Cluster specification', () => {
    expect(hashSlot('123456789')).to.equal(0x31c3)
    expect(hashSlot('foo')).to.equal(12_182)
    expect(hashSlot('')).to.equal(0)
  })

  it('F33: hashes what stands in the first braces, unless that is nothing', () => {
    expect(hashSlot('{user1000}.following')).to.equal(hashSlot('user1000'))
    expect(hashSlot('foo{bar}{zap}')).to.equal(hashSlot('bar'))
    expect(hashSlot('foo{{bar}}zap')).to.equal(hashSlot('{bar'))
    expect(hashSlot('foo{}{bar}')).to.equal(8_363)
    expect(hashSlot('foo{bar')).to.not.equal(hashSlot('bar'))
  })

  it('F33: puts all keys of one tag in one slot', () => {
    const text = fc.string({ unit: 'grapheme' })
    const tag = text.filter((value) => value !== '' && !/[{}]/.test(value))
    fc.assert(
      fc.property(
        tag,
        text,
        text.filter((value) => !value.includes('{')),
        (inside, after, before) => {
          const slot = hashSlot(`${before}{${inside}}${after}`)
          expect(slot).to.equal(hashSlot(inside))
          expect(slot).to.be.within(0, SLOTS - 1)
        },
      ),
    )
  })
})
