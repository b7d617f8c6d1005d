import { expect } from 'chai'

import { RefreshesElsewhere } from '../../src/engine/refreshes-elsewhere.js'

describe('RefreshesElsewhere', () => {
  it('F45: remembers a key for 100 ms after it was noted last', () => {
    const elsewhere = new RefreshesElsewhere()
    expect(elsewhere.has('a', 0)).to.equal(false)
    elsewhere.note('a', 0)
    expect([elsewhere.has('a', 99), elsewhere.has('a', 100)]).to.deep.equal([true, false])
    elsewhere.note('a', 60)
    expect([elsewhere.has('a', 159), elsewhere.has('a', 160)]).to.deep.equal([true, false])
    expect(elsewhere.has('b', 99)).to.equal(false)
  })

  it('S25: remembers 1,000 keys at most, those that were noted last', () => {
    const elsewhere = new RefreshesElsewhere()
    for (let key = 0; key <= 1_000; key += 1) elsewhere.note(`${key}`, 0)
    expect(elsewhere.has('0', 1)).to.equal(false)
    expect([elsewhere.has('1', 1), elsewhere.has('1000', 1)]).to.deep.equal([true, true])
  })
})
