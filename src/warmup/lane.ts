import type { ArgumentSource } from './argument-source.js'
import { Tally } from './tally.js'
import type { WarmupOutcome, WarmupTaskReport } from './warmup-report.js'
import type { WarmupTask } from './warmup-task.js'

/** The progress of one task in one run. */
export class Lane {
  readonly task: WarmupTask
  readonly #source: ArgumentSource
  readonly #tally: Tally
  #active = 0
  #isCut = false
  #hasFailed = false
  #begunAt: number | undefined
  #endedAt: number | undefined

  constructor(task: WarmupTask, source: ArgumentSource) {
    this.task = task
    this.#source = source
    this.#tally = new Tally(task.name, task.isCritical)
  }

  /** Whether none of its items is loading. */
  get isIdle(): boolean {
    return this.#active === 0
  }

  /** Whether all of its items are done. */
  get isDone(): boolean {
    return this.isIdle && this.#source.hasEnded
  }

  get done(): number {
    return this.#tally.done
  }

  /** Number of items known so far. A failed source counts as one item, as it does in the report. */
  get known(): number {
    return this.#source.known + (this.#hasFailed ? 1 : 0)
  }

  /** Whether an item can start now. Checking makes the source read its next item. */
  isReady(now: number): boolean {
    const { slots, pace } = this.task
    if (this.#source.hasEnded || slots.isFull) return false
    this.#begunAt ??= now
    this.#source.advance()
    return this.#source.hasItem && pace?.isDue !== false
  }

  begin(): unknown {
    this.#active++
    return this.#source.take()
  }

  end(outcome: WarmupOutcome, now: number): void {
    this.#active--
    this.#endedAt = now
    this.#tally.count(outcome)
  }

  sourceFailed(outcome: WarmupOutcome, now: number): void {
    this.#hasFailed = true
    this.#endedAt = now
    this.#tally.count(outcome)
  }

  /** Starts no further items. */
  cut(): void {
    this.#isCut = !this.isDone
    this.#source.close()
  }

  report(): WarmupTaskReport {
    const isComplete = this.isDone && !this.#isCut && !this.#hasFailed
    const duration = (this.#endedAt ?? 0) - (this.#begunAt ?? 0)
    return this.#tally.report(isComplete, Math.max(0, duration))
  }
}
