import { expect } from 'chai'
import fc from 'fast-check'

import { prepareDecoded } from '../../src/values/isolation.js'
import { createSealer, type Sealer, type SealLimits } from '../../src/values/sealer.js'
import { graphValue, plainValue, treeValue } from './arbitraries.js'
import { differenceOf } from './difference.js'
import {
  COMPRESSED,
  fingerprintOf,
  HEADER,
  keep,
  KEYS,
  MAX_BYTES,
  openNow,
  sealNow,
  UNCOMPRESSED,
} from './sealing.js'

describe('a value on its way through both tiers', function () {
  this.timeout(240_000)

  const ways: readonly (readonly [Sealer, SealLimits])[] = [
    [createSealer({}), UNCOMPRESSED],
    [createSealer({}), COMPRESSED],
    [createSealer({ encryption: KEYS }), UNCOMPRESSED],
    [createSealer({ encryption: { ...KEYS, mode: 'sign' } }), COMPRESSED],
  ]
  const values: readonly (readonly [string, fc.Arbitrary<unknown>])[] = [
    ['plain JSON comes', plainValue],
    ['trees of every type come', treeValue],
    ['graphs with sharing and cycles come', graphValue],
  ]

  for (const [description, arbitrary] of values) {
    it(`I25: ${description} back the same from memory and from Redis`, () => {
      const isolation = fc.constantFrom('freeze' as const, 'copy' as const)
      const property = fc.property(
        arbitrary,
        isolation,
        fc.constantFrom(...ways),
        (value, isolated, [sealer, limits]) => {
          const stored = keep(value, isolated)
          expect(differenceOf(stored.take(), value), 'memory').to.equal(undefined)
          const decoded = openNow(sealer, 'key', sealNow(sealer, 'key', stored, limits))
          if (typeof decoded === 'string') throw new Error(decoded)
          expect(decoded.kind).to.equal(stored.kind)
          expect(decoded.bytes, 'size').to.equal(stored.bytes)
          const fromRedis = prepareDecoded(decoded, isolated).take()
          expect(differenceOf(fromRedis, value), 'Redis').to.equal(undefined)
        },
      )
      fc.assert(property, { numRuns: 34_000 })
    })
  }

  it('I25: a value of 64 kB and more comes back the same through a thread', async () => {
    const sealer = createSealer({ encryption: KEYS })
    const rows = Array.from({ length: 1_000 }, (_, id) => ({
      id,
      at: new Date(id),
      name: `row ${id}`,
    }))
    const packing = sealer.pack(keep(rows), COMPRESSED)
    expect(packing).to.be.instanceOf(Promise)
    const packed = await packing
    const sealed = packed && sealer.seal(fingerprintOf('key'), HEADER, packed)
    if (sealed === undefined) throw new Error('not sealed')
    const opened = sealer.open(fingerprintOf('key'), sealed)
    if (typeof opened === 'string') throw new Error(opened)
    const decoding = opened.decode(MAX_BYTES)
    expect(decoding).to.be.instanceOf(Promise)
    const decoded = await decoding
    if (typeof decoded === 'string') throw new Error(decoded)
    expect(differenceOf(decoded.value, rows)).to.equal(undefined)
  })
})
