import { xxh64 } from '@node-rs/xxhash'
import { expect } from 'chai'

import { canonicalOne, canonicalText } from '../../src/keys/canonical.js'
import { fingerprint, xxh3 } from '../../src/keys/hash.js'
import { type Pair, xxh3Pair, xxh64Pairs } from './collisions.js'

describe('constructed hash collisions', () => {
  it('E1: really do collide under XXH64, whatever stands before them and whatever the seed', () => {
    for (let before = 0; before < 8; before++) {
      const pairs = xxh64Pairs(before)
      for (const seed of [0n, 1n, 0x123456789abcdefn]) {
        const prefix = 'x'.repeat(before)
        const colliding = pairs.filter(([one, other]) => {
          return xxh64(prefix + one, seed) === xxh64(prefix + other, seed)
        })
        expect(colliding, `${before} bytes, seed ${seed}`).to.have.length.of.at.least(3)
      }
    }
  })

  it('S1: pairs made for XXH64 are apart in text, place and identity', () => {
    for (let before = 0; before < 8; before++) {
      for (const pair of xxh64Pairs(before)) {
        const texts = textsOf(pair)
        if (before === 1) expect(xxh64(texts[0])).to.equal(xxh64(texts[1]))
        expect(xxh3(texts[0])).to.not.equal(xxh3(texts[1]))
        expectApart(texts)
      }
    }
  })

  it('E2, S1: pairs made for XXH3-128 share a place and nothing else', () => {
    for (let choice = 0; choice < 200; choice++) {
      const texts = textsOf(xxh3Pair(choice))
      expect(Buffer.from(texts[0])).to.have.length(48)
      expect(xxh3(texts[0])).to.equal(xxh3(texts[1]))
      expectApart(texts)
    }
  })
})

function textsOf(pair: Pair): [string, string] {
  expect(pair[0]).to.not.equal(pair[1])
  return pair.map((argument) => canonicalOne(argument)) as [string, string]
}

function expectApart([one, other]: [string, string]): void {
  expect(one).to.not.equal(other)
  expect(canonicalText([one, 1])).to.not.equal(canonicalText([other, 1]))
  expect(fingerprint(one)).not.to.equal(fingerprint(other))
}
