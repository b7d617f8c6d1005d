import { randomInt } from 'node:crypto'

import { expect } from 'chai'

import { FAULTS, type Fault } from './fault.js'
import { slope } from './slope.js'
import { type SoakReport, SoakRun } from './soak-run.js'
import { summaryOf } from './summary-of.js'

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 10)
const SEED = Number(process.env['SOAK_SEED'] ?? randomInt(1, 1_000_000))

/** What is asked of a run of ten minutes and more; of a shorter one as much less. */
const SHARE = Math.min(1, MINUTES / 10)
/**
 * A third of the run is for what grows once: buffers and tables that fill, and the code that V8
 * compiles from what is called often, with its tables.
 */
const WARM_UP = MINUTES / 3
const KILOBYTE = 1_000
/** Kilobytes a minute that a heap may grow by. */
const GROWTH = 100
/** Kilobytes that two measures of one heap differ by: more than a short run may grow. */
const NOISE = 500
/** Timers are counted at rest, when more or fewer of those that come and go may be set. */
const PASSING_TIMERS = 3
/** Milliseconds that an event loop may be late by, beyond what the machine makes an idle one. */
const LATE = 20

describe(`A fleet of four processes over ${MINUTES} min with faults (SOAK_SEED=${SEED})`, function () {
  this.timeout(MINUTES * 60_000 + 120_000)
  let report: SoakReport

  before(async () => {
    report = await SoakRun.of({ minutes: MINUTES, seed: SEED })
    console.log(summaryOf(report, growths()))
  })

  it('I1-I9, I15, I17, I18: reads nothing that an invalidation or an earlier read forbids', () => {
    expect(report.counts, JSON.stringify(report.violations)).to.deep.equal({})
  })

  it('is long enough, and met every fault', () => {
    expect(report.reads).to.be.at.least(1e6 * SHARE)
    expect(report.invalidations).to.be.at.least(1e4 * SHARE)
    expect(report.faults).to.include.members(Object.keys(FAULTS) as Fault[])
  })

  it('I9, I19: ends with every process at what the database holds', () => {
    expect(report.outdated).to.deep.equal([])
  })

  it('I28: is counted exactly', () => {
    for (const { made, counted, sum, running } of report.accounts) {
      expect({ counted, sum, running }).to.deep.equal({ counted: made, sum: made, running: 0 })
    }
  })

  it('answers at least 95 % of its calls from the cache between faults', () => {
    const hits = report.phases.reduce((sum, phase) => sum + phase.hits, 0)
    const calls = report.phases.reduce((sum, phase) => sum + phase.calls, 0)
    expect(hits / calls).to.be.at.least(0.95)
  })

  it('grows by at most 100 kB a minute in each process, once warm', () => {
    const minutes = (warmPhases().at(-1)?.at ?? 0) - (warmPhases()[0]?.at ?? 0)
    expect(minutes).to.be.above(0)
    for (const growth of growths()) {
      expect(growth).to.be.at.most(MINUTES < 10 ? GROWTH + NOISE / minutes : GROWTH)
    }
  })

  it('has as many sockets, timers and listeners at its end as when it was warm', () => {
    const [first, last] = [warmPhases()[0], warmPhases().at(-1)]
    last?.vitals.forEach(({ sockets, timers, listeners }, process) => {
      const before = first?.vitals[process]
      expect({ sockets, listeners }).to.deep.equal({
        sockets: before?.sockets,
        listeners: before?.listeners,
      })
      expect(timers).to.be.at.most((before?.timers ?? 0) + PASSING_TIMERS)
    })
  })

  it('keeps no event loop waiting between faults: 99 of 100 times by at most 20 ms', () => {
    for (const [process] of report.accounts.entries()) {
      const late = report.phases.map(({ delays, idle }) => (delays[process]?.p99 ?? 0) - idle.p99)
      expect(median(late)).to.be.at.most(LATE)
    }
  })

  function warmPhases(): SoakReport['phases'] {
    return report.phases.filter(({ at }) => at >= WARM_UP)
  }

  /** By process: the kilobytes a minute by which its heap grows. */
  function growths(): number[] {
    return report.accounts.map((_, process) =>
      slope(warmPhases().map(({ at, vitals }) => [at, (vitals[process]?.heap ?? 0) / KILOBYTE])),
    )
  }
})

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
