import { randomInt } from 'node:crypto'

import { expect } from 'chai'

import { History } from '../coherence/history.js'
import { eventually } from '../support/eventually.js'
import type { HistoryReport } from '../support/history-checker.js'
import { seededRandom } from '../support/random.js'

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 10)
const SEED = Number(process.env['SOAK_SEED'] ?? randomInt(1, 1_000_000))

const SECOND = 1_000
const MEBIBYTE = 1_048_576
/** What is promised by default for memory elsewhere, and a little for what is measured around it. */
const BOUND = 2_100
/** After a fault: until the connections are there again and the keys are filled. */
const RECOVERY = 4 * SECOND
/** What is asked of a run of ten minutes and more; of a shorter one as much less. */
const SHARE = Math.min(1, MINUTES / 10)

const FAULTS = ['flush', 'kill connections', 'freeze Redis', 'freeze a process'] as const
type Fault = (typeof FAULTS)[number]

/** What happened between two faults, from when the first one was got over. */
interface QuietPhase {
  readonly hits: number
  readonly calls: number
  readonly heaps: readonly number[]
}

describe(`A history of four processes over ${MINUTES} min with faults (SOAK_SEED=${SEED})`, function () {
  this.timeout(MINUTES * 60 * SECOND + 120 * SECOND)
  const random = seededRandom(SEED)
  const faults: Fault[] = []
  const phases: QuietPhase[] = []
  let history: History
  let report: HistoryReport
  let outdated: string[]
  let accounts: Awaited<ReturnType<History['accounts']>>

  before(async () => {
    history = await History.open({
      processes: 4,
      clients: 12,
      seed: SEED,
      bound: BOUND,
      weights: { evict: 40, put: 20, tag: 3, clear: 3, failure: 20, pause: 60 },
    })
    await history.start()
    const end = performance.now() + MINUTES * 60 * SECOND
    while (performance.now() < end) {
      await watch(RECOVERY)
      phases.push(await quietPhase(Math.min(end - performance.now(), nextFaultIn() - RECOVERY)))
      if (performance.now() < end) await happen(FAULTS[faults.length % FAULTS.length] ?? 'flush')
    }
    await history.stop()
    report = await history.judge(true)
    await eventually(async () => (await history.outdated()).length === 0, 5 * SECOND).catch(
      () => undefined,
    )
    outdated = await history.outdated()
    accounts = await history.accounts()
    tell()
  })

  after(() => history.close())

  it('I1-I9, I15, I17, I18: has nothing in it that an invalidation forbids', () => {
    expect(report.counts, JSON.stringify(report.violations)).to.deep.equal({})
  })

  it('is long enough, and met every fault', () => {
    expect(report.reads).to.be.at.least(1e6 * SHARE)
    expect(report.invalidations).to.be.at.least(1e4 * SHARE)
    expect(faults).to.include.members([...FAULTS])
  })

  it('I9, I19: ends with every process at what the database holds', () => {
    expect(outdated).to.deep.equal([])
  })

  it('I28: is counted exactly', () => {
    for (const { made, counted, sum, running } of accounts) {
      expect({ counted, sum, running }).to.deep.equal({ counted: made, sum: made, running: 0 })
    }
  })

  it('answers at least 95 % of its calls from the cache between faults', () => {
    expect(hitRate()).to.be.at.least(0.95)
  })

  it('takes no more and more memory', () => {
    for (const growth of growths()) expect(growth).to.be.below(8 * MEBIBYTE)
  })

  /** Every 20 to 60 s, and in a short run so often that each fault has its turn. */
  function nextFaultIn(): number {
    const shorter = Math.min(1, MINUTES / 5)
    return Math.max(RECOVERY + 2 * SECOND, (20 + 40 * random()) * SECOND * shorter)
  }

  /** Judges what happens for a while. */
  async function watch(duration: number): Promise<void> {
    const end = performance.now() + duration
    while (performance.now() < end) {
      await sleep(Math.min(500, Math.max(0, end - performance.now())))
      await history.judge()
    }
  }

  async function quietPhase(duration: number): Promise<QuietPhase> {
    const before = await history.hits()
    await watch(duration)
    const after = await history.hits()
    return {
      hits: after.hits - before.hits,
      calls: after.calls - before.calls,
      heaps: await history.heaps(),
    }
  }

  async function happen(fault: Fault): Promise<void> {
    faults.push(fault)
    const duration = (1 + 2 * random()) * SECOND
    const member = history.members[Math.floor(random() * history.members.length)]
    switch (fault) {
      case 'flush':
        await history.redis.ask('FLUSHALL')
        return
      case 'kill connections':
        await history.redis.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        return
      case 'freeze Redis':
        history.redis.freeze()
        await sleep(duration)
        history.redis.thaw()
        return
      case 'freeze a process':
        member?.freeze()
        await sleep(duration)
        member?.thaw()
    }
  }

  function hitRate(): number {
    const hits = phases.reduce((sum, phase) => sum + phase.hits, 0)
    return hits / phases.reduce((sum, phase) => sum + phase.calls, 0)
  }

  /** By process: how many bytes more are in use at the end than after the first phase. */
  function growths(): number[] {
    const [first] = phases
    return (phases.at(-1)?.heaps ?? []).map((bytes, at) => bytes - (first?.heaps[at] ?? 0))
  }

  function tell(): void {
    const { violations: _, ...seen } = report
    const growth = growths().map((bytes) => `${(bytes / MEBIBYTE).toFixed(2)} MiB`)
    console.log(JSON.stringify({ seed: SEED, ...seen, faults, hitRate: hitRate(), growth }))
  }
})

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
