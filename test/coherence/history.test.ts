import { randomInt } from 'node:crypto'

import { expect } from 'chai'

import { eventually } from '../support/eventually.js'
import { History } from './history.js'

/** What memory elsewhere may lag behind by default, with what a busy machine adds to a measure. */
const BOUND = 2_500
const READS = 20_000

describe('A history of three processes', () => {
  const seed = Number(process.env['HISTORY_SEED'] ?? randomInt(1, 1_000_000))

  it(`I1-I9, I28: has nothing in it that an invalidation forbids (HISTORY_SEED=${seed})`, async function () {
    this.timeout(90_000)
    const history = await History.open({
      processes: 3,
      clients: 20,
      seed,
      bound: BOUND,
      patience: '10s',
      weights: { evict: 150, put: 80, tag: 15, clear: 15, failure: 50, pause: 4 },
    })
    try {
      await history.start()
      await eventually(async () => {
        await history.judge()
        return history.noted >= READS
      }, 60_000)
      await history.stop()
      const report = await history.judge(true)
      expect(report.counts).to.deep.equal({})
      expect(report.violations).to.deep.equal([])
      expect(report.reads).to.be.at.least(READS)
      expect(report.invalidations).to.be.at.least(READS / 100)
      await eventually(async () => (await history.outdated()).length === 0, BOUND)
      for (const { made, counted, sum, running } of await history.accounts()) {
        expect({ counted, sum, running }).to.deep.equal({ counted: made, sum: made, running: 0 })
      }
    } finally {
      await history.close()
    }
  })
})
