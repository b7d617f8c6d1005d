import { expect } from 'chai'
import fc from 'fast-check'

import { DurationHistogram } from '../../src/observability/duration-histogram.js'

describe('DurationHistogram', () => {
  it('says zero of what was never measured', () => {
    expect(new DurationHistogram().statistics()).to.deep.equal({
      count: 0,
      sum: 0,
      mean: 0,
      p50: 0,
      p95: 0,
      p99: 0,
      max: 0,
      atMost: [],
    })
  })

  it('gives percentiles that are at most 5 % wrong, from a microsecond to four minutes', () => {
    const duration = fc.double({ min: 0.001, max: 240_000, noNaN: true })
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (durations) => {
        const { p50, p95, p99, max, count } = measured(durations).statistics()
        const sorted = [...durations].sort((a, b) => a - b)
        const exact = (fraction: number) => sorted[Math.ceil(fraction * sorted.length) - 1] ?? 0
        expect(p50 / exact(0.5)).to.be.within(0.95, 1.05)
        expect(p95 / exact(0.95)).to.be.within(0.95, 1.05)
        expect(p99 / exact(0.99)).to.be.within(0.95, 1.05)
        expect(max).to.equal(sorted.at(-1))
        expect(count).to.equal(sorted.length)
      }),
    )
  })

  it('counts exactly what took at most so long, the bound itself included', () => {
    const { atMost } = measured([0, 0.5, 1, 1.000_001, 2, 3, 8_192, 8_193, 1e9]).statistics()
    expect(atMost).to.have.lengthOf(14)
    expect(atMost.slice(0, 3)).to.deep.equal([
      [1, 3],
      [2, 5],
      [4, 6],
    ])
    expect(atMost.at(-1)).to.deep.equal([8_192, 7])
  })

  it('adds two up to what one would have measured', () => {
    const both = measured([1, 5])
    both.add(measured([9, 700]))
    both.add(new DurationHistogram())
    expect(both.statistics()).to.deep.equal(measured([1, 5, 9, 700]).statistics())
  })

  it('takes whatever a clock makes of it', () => {
    for (const odd of [Number.NaN, -1, Number.POSITIVE_INFINITY, Number.MIN_VALUE]) {
      expect(measured([odd]).statistics().count).to.equal(1)
    }
  })
})

function measured(durations: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram()
  for (const duration of durations) histogram.record(duration)
  return histogram
}
