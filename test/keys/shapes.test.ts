import { expect } from 'chai'

import { canonicalOne } from '../../src/keys/canonical.js'
import { Shapes } from '../../src/keys/shapes.js'

describe('the memo of property names', () => {
  it('knows a list of names again', () => {
    const shapes = new Shapes()
    const shape = shapes.of(['b', 'a'])
    expect(shape.properties.map(({ name }) => name)).to.deep.equal(['a', 'b'])
    expect(shapes.of(['b', 'a'])).to.equal(shape)
    expect(shapes.of(['b', 'a', 'c'])).to.not.equal(shape)
    expect(shapes.of(['b', 'c'])).to.not.equal(shape)
    expect(shapes.of(['b', 'a'])).to.equal(shape)
  })

  it('S25: forgets rather than grows, by first names, by lists and by length', () => {
    const shapes = new Shapes()
    const first = shapes.of(['first'])
    for (let index = 0; index < 64; index++) shapes.of([`n${index}`])
    expect(shapes.of(['first'])).to.not.equal(first)
    const list = shapes.of(['a', 'b'])
    for (let index = 0; index < 8; index++) shapes.of(['a', `n${index}`])
    expect(shapes.of(['a', 'b'])).to.not.equal(list)
    const long = ['x'.repeat(2_000)]
    expect(shapes.of(long)).to.not.equal(shapes.of(long))
  })

  it('changes no text, however it is flooded', () => {
    const text = canonicalOne({ b: 1, a: 2 })
    for (let index = 0; index < 2_000; index++) canonicalOne({ [`n${index}`]: 1 })
    for (let index = 0; index < 20; index++) canonicalOne({ b: 1, [`n${index}`]: 1 })
    expect(canonicalOne({ b: 1, a: 2 })).to.equal(text)
    expect(canonicalOne({ a: 2, b: 1 })).to.equal(text)
  })
})
