import { expect } from 'chai'

import { seededRandom, shuffled, zipfSampler } from '../../../examples/places/random.js'

describe('random numbers of the example', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const take = (seed: number) => Array.from({ length: 5 }, seededRandom(seed))

    expect(take(1)).to.deep.equal(take(1))
    expect(take(1)).to.not.deep.equal(take(2))
    for (const number of take(3)) expect(number).to.be.within(0, 1)
  })

  it('draws by the law of Zipf: the second item half as often as the first', () => {
    const draw = zipfSampler(['first', 'second', 'third'], 1, seededRandom(7))
    const counts = { first: 0, second: 0, third: 0 }
    for (let round = 0; round < 30_000; round++) counts[draw() as keyof typeof counts]++

    expect(counts.first / counts.second).to.be.closeTo(2, 0.1)
    expect(counts.first / counts.third).to.be.closeTo(3, 0.2)
  })

  it('draws all alike with the exponent 0', () => {
    const draw = zipfSampler([0, 1, 2, 3], 0, seededRandom(7))
    const drawn = Array.from({ length: 40_000 }, draw)

    for (const item of [0, 1, 2, 3]) {
      expect(drawn.filter((other) => other === item).length).to.be.closeTo(10_000, 400)
    }
  })

  it('shuffles a copy that has the same items', () => {
    const items = [1, 2, 3, 4, 5, 6]
    const copy = shuffled(items, seededRandom(3))

    expect(copy).to.have.members(items)
    expect(copy).to.not.deep.equal(items)
    expect(items).to.deep.equal([1, 2, 3, 4, 5, 6])
  })
})
