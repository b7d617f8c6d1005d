import type { Cache } from '../cache.js'
import { Cutoff } from './cutoff.js'
import { keyTarget } from './item-task.js'
import { outcomeOf } from './outcome-of.js'
import { Pace } from './pace.js'
import { progressTeller } from './progress-teller.js'
import { Repeats, type WarmupScheduleState } from './repeats.js'
import { type Settled, settleWithin } from './settle-within.js'
import { Slots } from './slots.js'
import { TaskList } from './task-list.js'
import { waitForLog } from './wait-for-log.js'
import { type Warmed, warm } from './warm-target.js'
import type { WarmupHooks } from './warmup-hooks.js'
import {
  type ResolvedRunOptions,
  resolveRunOptions,
  type WarmItem,
  type WarmupInstances,
  type WarmupRunOptions,
} from './warmup-options.js'
import type { WarmupCut, WarmupOutcome, WarmupReport } from './warmup-report.js'
import { WarmupRun } from './warmup-run.js'
import type { WarmupTask } from './warmup-task.js'

/**
 * Milliseconds for which the other processes of a starting fleet do not refresh a stale key again
 * after one of them has.
 */
const BOOT_WINDOW = 10_000

/** Longest time in milliseconds that a run waits for Redis; with a deadline, at most half of it. */
const LOG_PATIENCE = 2_000

/**
 * The implementation of `WarmupRunner`, loaded when the first one is created. Its methods are
 * documented there.
 */
export class Warmup {
  readonly ready: Promise<void>
  readonly #hooks: WarmupHooks
  readonly #tasks: TaskList
  readonly #repeats: Repeats
  readonly #running = new Map<Cutoff, Promise<unknown>>()
  #markReady: () => void = () => undefined
  #isReady = false
  #isClosed = false

  constructor(cache: Cache, instances: WarmupInstances) {
    this.#hooks = cache.warmup
    this.#tasks = new TaskList(cache, this.#hooks, instances)
    this.#repeats = new Repeats(this.#hooks)
    this.ready = new Promise((resolve) => {
      this.#markReady = () => {
        this.#isReady = true
        resolve()
      }
    })
    this.#hooks.onClose(async () => {
      this.#isClosed = true
      await this.stop()
    })
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get schedules(): readonly WarmupScheduleState[] {
    return this.#repeats.states
  }

  async run(options: WarmupRunOptions): Promise<WarmupReport> {
    const settings = resolveRunOptions(options)
    const { clock } = this.#hooks
    const cutoff = new Cutoff({ clock, deadline: settings.deadline, signal: settings.signal })
    if (this.#isClosed) cutoff.cut('stopped')
    const running = this.#run(settings, cutoff)
    this.#running.set(cutoff, running)
    try {
      return await running
    } finally {
      this.#running.delete(cutoff)
      cutoff.close()
      this.#markReady()
    }
  }

  async warmKey(item: WarmItem): Promise<WarmupOutcome> {
    const { clock, claims } = this.#hooks
    const placed = this.#tasks.place(item, 'WarmupRunner.warmKey')
    const begunAt = clock.now()
    let settled: Settled<Warmed>
    try {
      const claiming = { claims, window: BOOT_WINDOW }
      settled = { kind: 'fulfilled', value: await warm(keyTarget(placed), 'fill', claiming) }
    } catch (error) {
      settled = { kind: 'rejected', error }
    }
    return outcomeOf(settled, clock.now() - begunAt)
  }

  add(items: Iterable<WarmItem>): void {
    this.#tasks.add(items)
  }

  start(): void {
    if (this.#isClosed) return
    const tasks = this.#tasks.find()
    if (!(tasks instanceof Promise)) {
      this.#repeats.begin(tasks)
      return
    }
    const cutoff = new Cutoff({ clock: this.#hooks.clock, deadline: undefined, signal: undefined })
    const starting = this.#startWhenFound(tasks, cutoff)
    this.#running.set(cutoff, starting)
    this.#hooks.background.run('warmup', starting)
  }

  async stop(): Promise<void> {
    const running = [...this.#running.values()]
    for (const cutoff of this.#running.keys()) cutoff.cut('stopped')
    await Promise.all([this.#repeats.stop(), Promise.allSettled(running)])
    this.#markReady()
  }

  async #run(settings: ResolvedRunOptions, cutoff: Cutoff): Promise<WarmupReport> {
    const { clock, background, claims, whenProven } = this.#hooks
    const begunAt = clock.now()
    const finding = (async () => this.#tasks.find())()
    const found = await this.#waitFor(finding, cutoff)
    if (typeof found === 'string') return nothing(found, clock.now() - begunAt)
    if (whenProven !== undefined && found.length > 0) {
      const timeout = Math.min(LOG_PATIENCE, (settings.deadline ?? Infinity) / 2)
      await waitForLog({ whenProven, clock, cutoff, timeout })
    }
    const report = await new WarmupRun({
      tasks: found,
      mode: settings.refresh ? 'force' : 'fill',
      claiming: { claims, window: BOOT_WINDOW },
      slots: new Slots(settings.concurrency),
      pace: settings.rate === undefined ? undefined : new Pace(clock, settings.rate),
      cutoff,
      clock,
      background,
      onProgress: progressTeller(settings.onProgress, background),
      onReady: this.#markReady,
    }).execute()
    if (settings.repeat && cutoff.cause !== 'stopped') this.#repeats.begin(found)
    return report
  }

  /**
   * Waits for the tasks, until the run is cut: a container that is slow to create an instance must
   * not delay readiness or `stop`.
   */
  async #waitFor(
    finding: Promise<readonly WarmupTask[]>,
    cutoff: Cutoff,
  ): Promise<readonly WarmupTask[] | WarmupCut> {
    const found = await settleWithin(finding, { ...this.#hooks, cutoff, timeout: undefined })
    if (found.kind === 'rejected') throw found.error
    // Cannot happen, because no timeout is set.
    if (found.kind === 'timeout') return 'deadline'
    return found.kind === 'fulfilled' ? found.value : found.kind
  }

  async #startWhenFound(finding: Promise<readonly WarmupTask[]>, cutoff: Cutoff): Promise<void> {
    try {
      const found = await this.#waitFor(finding, cutoff)
      if (typeof found !== 'string') this.#repeats.begin(found)
    } finally {
      this.#running.delete(cutoff)
      cutoff.close()
    }
  }
}

function nothing(cut: WarmupCut, duration: number): WarmupReport {
  return { tasks: [], warmed: 0, skipped: 0, failed: 0, duration, cut }
}
