import { expect } from 'chai'
import * as fc from 'fast-check'

import { canonicalText } from '../../src/keys/canonical.js'
import { readable } from '../../src/keys/readable.js'

describe('a text as a part of a Redis key', () => {
  it('leaves what a person reads as it is', () => {
    for (const list of [
      ['user-42'],
      [42, 'en'],
      [{ page: 1 }],
      [new Date(0)],
      [Buffer.from('ab?>')],
    ]) {
      const text = canonicalText(list) as string
      expect(readable(text, 100)).to.equal(text)
    }
  })

  it('S3, S4: escapes braces, globs, spaces, line ends, percent signs and control characters', () => {
    expect(readable('"{a}', 100)).to.equal('"%7Ba%7D')
    expect(readable('*?[a-z]\\^', 100)).to.equal('%2A%3F%5Ba-z%5D%5C%5E')
    expect(readable('a b\r\n\0%|', 100)).to.equal('a%20b%0D%0A%00%25%7C')
    expect(readable('é😀~', 100)).to.equal('%C3%A9%F0%9F%98%80%7E')
  })

  it('is undefined beyond the limit, counted after escaping', () => {
    expect(readable('abc', 3)).to.equal('abc')
    expect(readable('abcd', 3)).to.equal(undefined)
    expect(readable('{', 3)).to.equal('%7B')
    expect(readable('{', 2)).to.equal(undefined)
    expect(readable('x'.repeat(1_000_000), 80)).to.equal(undefined)
  })

  it('I26: never makes one of two texts, and uses no other character', () => {
    const part = fc.constantFrom('%', '7B', '{', 'a', '%7', 'B', 'é', '\u00c3', '\u00a9', '😀', ' ')
    const text = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(readable(one, 1_000) === readable(other, 1_000)).to.equal(one === other)
        expect(readable(one, 1_000)).to.match(/^[A-Za-z0-9_.,:"'()+=@/%-]*$/)
        expect(decodeURIComponent(readable(one, 1_000) as string)).to.equal(one)
      }),
      { numRuns: 10_000 },
    )
  })
})
