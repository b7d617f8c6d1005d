import { expect } from 'chai'

import { formatDuration, formatReport, type MethodReport } from '../../../examples/places/report.js'

const place: MethodReport = {
  method: 'place',
  calls: 1_000,
  answers: { memory: 700, redis: 200, database: 100 },
  withCache: [0.004, 0.004, 12],
  withoutCache: [10, 12, 14],
  queriesSaved: 900,
}

describe('report of the example', () => {
  it('shows the share of each tier, in figures and in a bar', () => {
    const report = formatReport([place], { hasRedis: true, width: 86 })

    expect(report).to.match(/place +█{14}▓{4}░{2} +1,000 +70\.0 % +20\.0 % +10\.0 % +900/)
  })

  it('shows what a caller waited with and without the cache', () => {
    const report = formatReport([place], { hasRedis: true, width: 80 })

    expect(report).to.match(/place +12\.0 ms +4 µs +14\.0 ms +12\.0 ms +×3,000/)
  })

  for (const width of [80, 100, 160]) {
    it(`fits into ${width} columns`, () => {
      const report = formatReport([place], { hasRedis: false, width })

      for (const line of report.split('\n')) expect(line.length, line).to.be.at.most(width)
    })
  }

  it('leaves out what a method that was never called has not got', () => {
    const never = { ...place, calls: 0, withCache: [], withoutCache: [] }

    expect(formatReport([never], { hasRedis: true, width: 80 })).to.not.match(/NaN|Infinity/)
  })

  it('writes durations in the unit that suits them', () => {
    expect([0.0004, 0.25, 12.34, 456.7, 4_567, 150_000].map(formatDuration)).to.deep.equal([
      '<1 µs',
      '250 µs',
      '12.3 ms',
      '457 ms',
      '4.6 s',
      '2.5 minutes',
    ])
  })
})
