import type { Cache } from '../cache.js'
import { Cutoff } from './cutoff.js'
import { keyTarget } from './item-task.js'
import { outcomeOf } from './outcome-of.js'
import { progressTeller } from './progress-teller.js'
import { Repeats, type WarmupScheduleState } from './repeats.js'
import { type Settled, settleWithin } from './settle-within.js'
import { Slots } from './slots.js'
import { TaskList } from './task-list.js'
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
 * Milliseconds for which a fleet that boots leaves alone what one of its processes has refreshed
 * because it was stale.
 */
const BOOT_WINDOW = 10_000

/**
 * Fills the cache before the first call: runs the `@Warm` methods, and whatever else was added, with
 * bounds, by priority, and goes on when one of them fails. Then repeats those that have a schedule.
 *
 * Calls go the way of live calls, so that nothing is loaded twice: not while live calls come in, and
 * not by the other processes of a fleet that boots.
 *
 * @example
 * const runner = new WarmupRunner(cache, () => [users])
 * const report = await runner.run({ deadline: '30s' })
 */
export class WarmupRunner {
  /**
   * Resolves when the critical ones of the first run are through, or all when none is marked
   * `critical`; at the run's deadline at the latest, and when the runner is stopped. Never rejects.
   */
  readonly ready: Promise<void>
  readonly #hooks: WarmupHooks
  readonly #tasks: TaskList
  readonly #repeats: Repeats
  readonly #running = new Map<Cutoff, Promise<unknown>>()
  #markReady: () => void = () => undefined
  #isReady = false
  #isClosed = false

  /**
   * @param cache what added items are kept in, and instances that nobody has woven are woven to
   * @param instances the instances whose `@Warm` methods are to be run; asked for by each run
   */
  constructor(cache: Cache, instances: WarmupInstances) {
    this.#hooks = cache.warmup
    this.#tasks = new TaskList(cache satisfies Cache, this.#hooks, instances)
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

  /** Whether `ready` has resolved: what a readiness probe asks. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** How the repeating goes, for each `@Warm` with `every` or `cron` whose schedule has begun. */
  get schedules(): readonly WarmupScheduleState[] {
    return this.#repeats.states
  }

  /**
   * Warms everything once, then begins the schedules. Resolves with what was done, also when items
   * failed, and when the run was cut short.
   *
   * @throws CacheConfigurationError for options that cannot be, and a `cron` that is none
   * @throws CacheWeavingError for a `@Warm` on a method that is not `@Cached`
   * @throws what `instances` throws
   */
  async run(options: WarmupRunOptions = {}): Promise<WarmupReport> {
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

  /**
   * Warms one key now. Resolves also when its load fails, and says so.
   *
   * @throws CacheConfigurationError for an item that is none
   */
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

  /**
   * Adds keys without a method, for this and every later run. They are not repeated.
   *
   * @throws CacheConfigurationError for an item that is none; then nothing is added
   */
  add(items: Iterable<WarmItem>): void {
    this.#tasks.add(items)
  }

  /**
   * Begins the schedules without a run before them. Each repeat refreshes what is there, and never
   * overlaps itself. Harmless when repeated.
   *
   * @throws as `run` does, when `instances` returns a list; of one that comes later, a failure is
   *   reported as one of background work
   */
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

  /**
   * Ends runs and repeats: no timer is left, and nobody waits any more. What is loading goes on, and
   * is stored. Resolves when the runs have ended; `start` and `run` may follow.
   */
  async stop(): Promise<void> {
    const running = [...this.#running.values()]
    for (const cutoff of this.#running.keys()) cutoff.cut('stopped')
    await Promise.all([this.#repeats.stop(), Promise.allSettled(running)])
    this.#markReady()
  }

  async #run(settings: ResolvedRunOptions, cutoff: Cutoff): Promise<WarmupReport> {
    const { clock, background, claims } = this.#hooks
    const begunAt = clock.now()
    const finding = (async () => this.#tasks.find())()
    const found = await this.#waitFor(finding, cutoff)
    if (typeof found === 'string') return nothing(found, clock.now() - begunAt)
    const report = await new WarmupRun({
      tasks: found,
      mode: settings.refresh ? 'force' : 'fill',
      claiming: { claims, window: BOOT_WINDOW },
      slots: new Slots(settings.concurrency),
      cutoff,
      clock,
      background,
      onProgress: progressTeller(settings.onProgress, background),
      onReady: this.#markReady,
    }).execute()
    if (settings.repeat && cutoff.cause !== 'stopped') this.#repeats.begin(found)
    return report
  }

  /** A container that takes its time with an instance holds up neither readiness nor `stop`. */
  async #waitFor(
    finding: Promise<readonly WarmupTask[]>,
    cutoff: Cutoff,
  ): Promise<readonly WarmupTask[] | WarmupCut> {
    const found = await settleWithin(finding, { ...this.#hooks, cutoff, timeout: undefined })
    if (found.kind === 'rejected') throw found.error
    // Without a timeout of its own there is none to run into.
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
