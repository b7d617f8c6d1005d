import { expect } from 'chai'
import * as fc from 'fast-check'

import { canonicalOne, canonicalText } from '../../src/keys/canonical.js'
import { argumentList, closePair } from './arguments.js'
import { decoded } from './decoded.js'
import { areEqualLists } from './equality.js'

describe('canonical text, for any arguments', function () {
  this.timeout(120_000)

  it('I26: two lists share a text exactly when they are equal, in 100,000 close pairs', () => {
    let equal = 0
    fc.assert(
      fc.property(closePair, ([one, other]) => {
        const isEqual = areEqualLists(one, other)
        if (isEqual) equal++
        expect(canonicalText(one) === canonicalText(other)).to.equal(isEqual)
      }),
      { numRuns: 100_000 },
    )
    expect(equal).to.be.within(20_000, 80_000)
  })

  it('I26: a text can be read back, so that nothing that counts is lost in it', () => {
    fc.assert(
      fc.property(argumentList, (list) => {
        const text = canonicalText(list)
        expect(text).to.be.a('string')
        expect(areEqualLists(decoded(text as string), list)).to.equal(true)
      }),
      { numRuns: 20_000 },
    )
  })

  it('has the text of a list of one for a lone argument', () => {
    fc.assert(
      fc.property(argumentList, (list) => {
        expect(canonicalOne(list[0])).to.equal(canonicalText([list[0]]))
      }),
      { numRuns: 10_000 },
    )
  })

  it('E15: is well-formed, so that UTF-8 cannot make one key of two', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (strings) => {
        const text = canonicalText(strings) as string
        expect(Buffer.from(text).toString()).to.equal(text)
      }),
      { numRuns: 5_000 },
    )
  })

  it('S7: does not depend on the order in which properties were added', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string(), fc.integer()), { selector: ([name]) => name }),
        fc.infiniteStream(fc.nat()),
        (entries, numbers) => {
          const shuffled = entries
            .map((entry) => ({ entry, place: numbers.next().value as number }))
            .sort((one, other) => one.place - other.place)
            .map(({ entry }) => entry)
          expect(canonicalText([Object.fromEntries(shuffled)])).to.equal(
            canonicalText([Object.fromEntries(entries)]),
          )
        },
      ),
      { numRuns: 5_000 },
    )
  })

  it('S3: keeps strings of delimiters apart, alone, in lists, in arrays and as names', () => {
    const delimiters = fc.string({ unit: fc.constantFrom(...':,=()\'"{}*?[]\\\0\r\n |12A') })
    const list = fc.array(delimiters, { maxLength: 3 })
    fc.assert(
      fc.property(list, list, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other)
        expect(canonicalText(one) === canonicalText(other)).to.equal(same)
        expect(canonicalText([one]) === canonicalText([other])).to.equal(same)
        const [named, namedOther] = [one, other].map((names) =>
          names.map((name) => ({ [name]: name })),
        )
        expect(canonicalText([named]) === canonicalText([namedOther])).to.equal(same)
      }),
      { numRuns: 20_000 },
    )
  })
})
