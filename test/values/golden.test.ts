import { expect } from 'chai'

import { createSealer } from '../../src/values/sealer.js'
import { differenceOf } from './difference.js'
import { GOLDEN_CASES, GOLDEN_IDENTITY, GOLDEN_KEYS, goldenNames, readGolden } from './golden.js'
import { fingerprintOf, openNow } from './sealing.js'

describe('files of the stored format, which every version must read', () => {
  const plain = createSealer({})
  const keyed = createSealer({ encryption: GOLDEN_KEYS })

  it('F38: there is one for each combination of flags, and none that no test reads', () => {
    const names = [...GOLDEN_CASES.map(({ name }) => name), 'newer-format']
    expect(goldenNames()).to.have.members(names)
  })

  for (const { name, mode, header, value } of GOLDEN_CASES) {
    it(`I25, F38: ${name} comes back as it was written`, () => {
      const sealer = mode === undefined ? plain : keyed
      const bytes = readGolden(name)
      const opened = sealer.open(fingerprintOf(GOLDEN_IDENTITY), bytes)
      expect(opened).to.have.property('header').that.deep.equals(header)
      const decoded = openNow(sealer, GOLDEN_IDENTITY, bytes)
      if (typeof decoded === 'string') throw new Error(decoded)
      expect(differenceOf(decoded.value, value)).to.equal(undefined)
      expect(openNow(sealer, 'another', bytes)).to.equal('identity')
    })
  }

  it('F38: a newer format is told from a broken entry, so that nobody overwrites it', () => {
    for (const sealer of [plain, keyed]) {
      expect(openNow(sealer, GOLDEN_IDENTITY, readGolden('newer-format'))).to.equal('format')
    }
  })
})
