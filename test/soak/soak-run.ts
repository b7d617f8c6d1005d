import type { LoopDelay, Vitals } from '../coherence/fixtures/vitals.js'
import { History } from '../coherence/history.js'
import { type Child, startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import type { HistoryReport } from '../support/history-checker.js'
import { seededRandom } from '../support/random.js'
import { type Fault, FAULTS, faultsAtRandom, sleep } from './fault.js'
import type { IdleProcess } from './fixtures/idle.js'

const SECOND = 1_000
/** What is promised by default for memory elsewhere, and a little for what is measured around it. */
const BOUND = 2_100
/** After a fault: until the connections are there again and the keys are filled. */
const RECOVERY = 4 * SECOND
/** Less than this says nothing about a quiet phase. */
const SHORTEST = 2 * SECOND
/** A run that is shorter than this, in minutes, has its faults closer together. */
const FULL = 8

export interface SoakOptions {
  readonly minutes: number
  readonly seed: number
}

/** What happened between two faults, from when the first one was got over. */
interface QuietPhase {
  /** Minutes since the run began. */
  readonly at: number
  readonly hits: number
  readonly calls: number
  /** By process. */
  readonly vitals: readonly Vitals[]
  readonly delays: readonly LoopDelay[]
  /** How late the event loop of a process was that did nothing meanwhile. */
  readonly idle: LoopDelay
}

export interface SoakReport extends HistoryReport {
  readonly faults: readonly Fault[]
  readonly phases: readonly QuietPhase[]
  /** Rows that some process still reads in an old version when all is over. */
  readonly outdated: readonly string[]
  readonly accounts: Awaited<ReturnType<History['accounts']>>
}

/** A fleet at work for minutes, with a fault every 20 to 60 s, and everything that is seen of it. */
export class SoakRun {
  readonly #options: SoakOptions
  readonly #random: () => number
  readonly #history: History
  readonly #idle: Child<IdleProcess>
  readonly #begun = performance.now()
  readonly #faults: Fault[] = []
  readonly #phases: QuietPhase[] = []

  private constructor(options: SoakOptions, history: History, idle: Child<IdleProcess>) {
    this.#options = options
    this.#random = seededRandom(options.seed)
    this.#history = history
    this.#idle = idle
  }

  static async of(options: SoakOptions): Promise<SoakReport> {
    const history = await History.open({
      processes: 4,
      clients: 12,
      seed: options.seed,
      bound: BOUND,
      weights: { evict: 40, put: 20, tag: 3, clear: 3, failure: 20, pause: 60, hot: 80 },
    })
    const idle = await startChild<IdleProcess>(new URL('./fixtures/idle.js', import.meta.url))
    try {
      return await new SoakRun(options, history, idle).#run()
    } finally {
      await Promise.all([history.close(), idle.kill()])
    }
  }

  async #run(): Promise<SoakReport> {
    const history = this.#history
    const end = this.#begun + this.#options.minutes * 60 * SECOND
    const next = faultsAtRandom(this.#random)
    await history.start()
    while (performance.now() < end) {
      await this.#watch(RECOVERY)
      const quiet = Math.min(end - performance.now(), this.#nextFaultIn() - RECOVERY)
      await (quiet < SHORTEST ? this.#watch(quiet) : this.#beQuiet(quiet))
      if (performance.now() < end) await this.#suffer(next.next().value)
    }
    await history.stop()
    const report = await history.judge(true)
    await eventually(async () => (await history.outdated()).length === 0, 5 * SECOND).catch(
      () => undefined,
    )
    return {
      ...report,
      faults: this.#faults,
      phases: this.#phases,
      outdated: await history.outdated(),
      accounts: await history.accounts(),
    }
  }

  /** Every 20 to 60 s, and in a short run so often that each fault has its turn. */
  #nextFaultIn(): number {
    const shorter = Math.min(1, this.#options.minutes / FULL)
    return Math.max(RECOVERY + 2 * SECOND, (20 + 40 * this.#random()) * SECOND * shorter)
  }

  /** Judges what happens for a while. */
  async #watch(duration: number): Promise<void> {
    const end = performance.now() + duration
    while (performance.now() < end) {
      await sleep(Math.min(500, end - performance.now()))
      await this.#history.judge()
    }
  }

  /** Watches a while without faults, and then what the processes hold on to at rest. */
  async #beQuiet(duration: number): Promise<void> {
    const history = this.#history
    const before = await history.hits()
    await Promise.all([history.watchLoops(), this.#idle.ask('watchLoop')])
    await this.#watch(duration)
    const [delays, idle] = await Promise.all([history.loopDelays(), this.#idle.ask('loopDelay')])
    const after = await history.hits()
    await history.stop()
    await history.judge()
    const vitals = await history.vitals()
    await history.start()
    const [hits, calls] = [after.hits - before.hits, after.calls - before.calls]
    this.#phases.push({ at: this.#minutes, hits, calls, vitals, delays, idle })
  }

  async #suffer(fault: Fault): Promise<void> {
    this.#faults.push(fault)
    const duration = (1 + 2 * this.#random()) * SECOND
    await FAULTS[fault](this.#history, duration, this.#random())
  }

  get #minutes(): number {
    return (performance.now() - this.#begun) / 60 / SECOND
  }
}
