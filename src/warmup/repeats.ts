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

/** The state of the schedule of one `@Warm`. */
export interface WarmupScheduleState {
  readonly name: string
  /** Number of repetitions so far. */
  readonly runs: number
  /** Number of repetitions that were skipped because the previous one was still running. */
  readonly overlapped: number
  /**
   * Milliseconds to the next run; undefined during a run whose end the next interval counts from.
   */
  readonly nextIn: number | undefined
  /** The report of the last run. */
  readonly last: WarmupTaskReport | undefined
}

interface Repeated {
  readonly repeater: Repeater
  last: WarmupTaskReport | undefined
}

/** The `@Warm` methods that are repeated, and their runs. */
export class Repeats {
  readonly #hooks: WarmupHooks
  /**
   * Repetitions belong to no request, so they run in the async context in which the runner was
   * created.
   */
  readonly #context = new AsyncResource('cachewright.warmup')
  /** All repetitions share one limit on loads at once. */
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
   * Starts the tasks that have a schedule and have not started, and stops those that are no longer
   * in `tasks`, because their instance was replaced.
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

  /** Removes all timers, cuts running repetitions short and waits for them. */
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
      // Half the time to the next run: processes that are due a little later skip the key, and a
      // process that has refreshed it is not blocked by its own claim the next time.
      claiming: { claims, window: Math.max(1, period / 2) },
      slots: this.#slots,
      // No shared pace: repetitions are not urgent, and each task may have a pace of its own.
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
