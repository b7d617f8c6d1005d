import { expect } from 'chai'

import { percentile } from '../../../examples/places/percentile.js'

describe('percentile of the example', () => {
  it('is a value that was measured, by the nearest rank, whatever the order', () => {
    const values = [5, 1, 4, 2, 3]

    expect(percentile(values, 0.5)).to.equal(3)
    expect(percentile(values, 0.99)).to.equal(5)
    expect(percentile(values, 0)).to.equal(1)
    expect(values).to.deep.equal([5, 1, 4, 2, 3])
  })

  it('sorts by number and not by text', () => {
    expect(percentile([10, 9, 100], 0.5)).to.equal(10)
  })

  it('is not a number without values', () => {
    expect(percentile([], 0.5)).to.satisfy(Number.isNaN)
  })
})
