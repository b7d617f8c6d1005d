import type { Clock } from '../clock.js'
import type { Background } from '../engine/background.js'
import type { PlannedRun, Schedule } from './schedule.js'

/** The schedule and the task of a `Repeater`. */
export interface RepeaterOptions {
  readonly schedule: Schedule
  readonly clock: Clock
  readonly background: Background
  /** Whether the task is running now, for any reason. */
  readonly isRunning: () => boolean
  /**
   * Runs the task. `period` is the approximate time in milliseconds to the next run. Never rejects.
   */
  readonly run: (period: number) => Promise<void>
}

/**
 * Longest single wait in milliseconds. Timers have a maximum delay, and the wall clock that cron
 * expressions follow may be set meanwhile, so the time left is checked at least this often.
 */
const LONGEST_WAIT = 3_600_000

/** Repeats one task by its schedule, and never twice at the same time. */
export class Repeater {
  readonly #options: RepeaterOptions
  #cancel: (() => void) | undefined
  #planned: PlannedRun | undefined
  #isStopped = false
  #runs = 0
  #overlapped = 0

  constructor(options: RepeaterOptions) {
    this.#options = options
    this.#plan()
  }

  /** Number of runs so far. */
  get runs(): number {
    return this.#runs
  }

  /** Number of runs that were skipped because the task was still running. */
  get overlapped(): number {
    return this.#overlapped
  }

  /** Milliseconds to the next run; undefined when none is planned. */
  get nextIn(): number | undefined {
    return this.#planned === undefined ? undefined : Math.max(0, this.#planned.remaining())
  }

  /** Plans no further runs; a run in progress goes on. */
  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
    this.#planned = undefined
  }

  #plan(): void {
    if (this.#isStopped) return
    this.#planned = this.#options.schedule.plan()
    this.#wait()
  }

  #wait(): void {
    const planned = this.#planned
    if (planned === undefined) return
    const remaining = Math.max(0, planned.remaining())
    const fire = remaining > LONGEST_WAIT ? (): void => this.#wait() : (): void => this.#fire()
    this.#cancel = this.#options.clock.schedule(Math.min(remaining, LONGEST_WAIT), fire)
  }

  #fire(): void {
    const { schedule, isRunning, background } = this.#options
    const period = this.#planned?.period ?? 0
    this.#planned = undefined
    if (isRunning()) {
      this.#overlapped++
      this.#plan()
      return
    }
    background.run('warmup', this.#runOnce(period))
    if (!schedule.countsFromEnd) this.#plan()
  }

  async #runOnce(period: number): Promise<void> {
    this.#runs++
    await this.#options.run(period)
    if (this.#options.schedule.countsFromEnd) this.#plan()
  }
}
