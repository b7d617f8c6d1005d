import { AsyncResource } from 'node:async_hooks'

import { Cutoff } from './cutoff.js'
import { Repeater } from './repeater.js'
import type { Schedule } from './schedule.js'
import { Slots } from './slots.js'
import type { WarmupHooks } from './warmup-hooks.js'
import { DEFAULT_CONCURRENCY } from './warmup-options.js'
import type { WarmupTaskReport } from './warmup-report.js'
import { WarmupRun } from './warmup-run.js'
import type { WarmupTask } from './warmup-task.js'

/** How the repeating of one `@Warm` is going. */
export interface WarmupScheduleState {
  readonly name: string
  /** How often it has been repeated. */
  readonly runs: number
  /** How often its time came while it was still running: those runs were left out. */
  readonly overlapped: number
  /** Milliseconds to the next run; undefined while a run counts from the end of the one under way. */
  readonly nextIn: number | undefined
  /** What the last run has done. */
  readonly last: WarmupTaskReport | undefined
}

interface Repeated {
  readonly repeater: Repeater
  last: WarmupTaskReport | undefined
}

/** The `@Warm` methods that are repeated, and the runs that come of it. */
export class Repeats {
  readonly #hooks: WarmupHooks
  /** Repeats belong to nobody's request, so they run in the context in which the runner was made. */
  readonly #context = new AsyncResource('cachewright.warmup')
  /** What is due at the same time shares one bound. */
  readonly #slots = new Slots(DEFAULT_CONCURRENCY)
  readonly #repeated = new Map<WarmupTask, Repeated>()
  readonly #running = new Map<Cutoff, Promise<unknown>>()

  constructor(hooks: WarmupHooks) {
    this.#hooks = hooks
  }

  get states(): readonly WarmupScheduleState[] {
    return Array.from(this.#repeated, ([{ name }, { repeater, last }]) => {
      const { runs, overlapped, nextIn } = repeater
      return { name, runs, overlapped, nextIn, last }
    })
  }

  /**
   * Begins with those that have a schedule and have not begun. Those that are not among `tasks` any
   * more end: their instance was replaced by another one.
   */
  begin(tasks: readonly WarmupTask[]): void {
    for (const [task, { repeater }] of this.#repeated) {
      if (tasks.includes(task)) continue
      repeater.stop()
      this.#repeated.delete(task)
    }
    for (const task of tasks) {
      const { schedule } = task
      if (schedule === undefined || this.#repeated.has(task)) continue
      this.#repeat(task, schedule)
    }
  }

  /** Leaves no timer; what is running is cut short and waited for. */
  async stop(): Promise<void> {
    for (const { repeater } of this.#repeated.values()) repeater.stop()
    this.#repeated.clear()
    for (const cutoff of this.#running.keys()) cutoff.cut('stopped')
    await Promise.all(this.#running.values())
  }

  #repeat(task: WarmupTask, schedule: Schedule): void {
    const { clock, background } = this.#hooks
    const repeated: Repeated = {
      last: undefined,
      repeater: new Repeater({
        schedule,
        clock,
        background,
        isRunning: () => task.running > 0,
        run: async (period) => {
          const running = this.#context.runInAsyncScope(() => this.#run(task, period))
          repeated.last = await running
        },
      }),
    }
    this.#repeated.set(task, repeated)
  }

  async #run(task: WarmupTask, period: number): Promise<WarmupTaskReport | undefined> {
    const { clock, background, claims } = this.#hooks
    const cutoff = new Cutoff({ clock, deadline: undefined, signal: undefined })
    const running = new WarmupRun({
      tasks: [task],
      mode: 'renew',
      // Half the time to the next run: whoever of the fleet is due somewhat later leaves it alone,
      // and whoever has refreshed is not held up by its own claim the next time.
      claiming: { claims, window: Math.max(1, period / 2) },
      slots: this.#slots,
      // Each has its own, if any: what is repeated has time.
      pace: undefined,
      cutoff,
      clock,
      background,
      onProgress: () => undefined,
      onReady: () => undefined,
    }).execute()
    this.#running.set(cutoff, running)
    const report = await running
    this.#running.delete(cutoff)
    cutoff.close()
    return report.tasks[0]
  }
}
