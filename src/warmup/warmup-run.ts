import { AsyncResource } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'

import type { Clock } from '../clock.js'
import type { Background } from '../engine/background.js'
import { ArgumentSource } from './argument-source.js'
import type { Cutoff } from './cutoff.js'
import { Lane } from './lane.js'
import { outcomeOf } from './outcome-of.js'
import type { Pace } from './pace.js'
import { settleWithin } from './settle-within.js'
import type { Slots } from './slots.js'
import { type Claiming, type Warmed, type WarmMode, warm } from './warm-target.js'
import type { WarmupOutcome, WarmupProgress, WarmupReport } from './warmup-report.js'
import type { WarmupTask } from './warmup-task.js'

/** The tasks, limits and hooks of one run. */
export interface RunPlan {
  readonly tasks: readonly WarmupTask[]
  readonly mode: WarmMode
  readonly claiming: Claiming
  /** The limit on loads at once over all tasks; other runs may share it. */
  readonly slots: Slots
  /** The limit on loads per second over all tasks; undefined sets none. */
  readonly pace: Pace | undefined
  readonly cutoff: Cutoff
  readonly clock: Clock
  readonly background: Background
  readonly onProgress: (progress: WarmupProgress) => void
  /**
   * Called when the critical tasks are done, or all tasks when none is critical. May be called more
   * than once.
   */
  readonly onReady: () => void
}

/** Longest time in milliseconds that a source may take for its next item before it is given up. */
const SOURCE_PATIENCE = 5 * 60_000
/**
 * Number of items after which the run yields to the event loop. Items that are fresh in memory
 * settle through promises alone, and a million of them in a row would starve timers, sockets and
 * the deadline.
 */
const ITEMS_PER_TURN = 200

/**
 * Warms the items of its tasks, with a limit on loads at once over all tasks and one for each.
 * Higher priorities go first, and tasks of one priority take turns. A free slot goes to the highest
 * priority that can use it.
 */
export class WarmupRun {
  readonly #plan: RunPlan
  readonly #begunAt: number
  /** Lanes by priority; within one priority, the lane that was served last is last. */
  readonly #lanes: Lane[]
  /** Lanes in the order of the report. */
  readonly #reported: readonly Lane[]
  readonly #awaited: readonly Lane[]
  readonly #unsubscribe: (() => void)[] = []
  #resolve: ((report: WarmupReport) => void) | undefined
  #processed = 0
  /** The yield that all items wait for. Items that did not wait would keep the event loop busy. */
  #turn: Promise<unknown> | undefined

  constructor(plan: RunPlan) {
    this.#plan = plan
    this.#begunAt = plan.clock.now()
    const tasks = plan.tasks.toSorted((one, other) => other.priority - one.priority)
    this.#reported = tasks.map((task) => this.#laneFor(task))
    this.#lanes = [...this.#reported]
    const critical = this.#reported.filter(({ task }) => task.isCritical)
    this.#awaited = critical.length > 0 ? critical : this.#reported
  }

  /** Runs until all items are done or the run is cut. Never rejects. Call it once. */
  execute(): Promise<WarmupReport> {
    const { tasks, slots, pace, cutoff } = this.#plan
    // Bind the async context: a run that frees a shared slot would otherwise make this run part of
    // its own request.
    const pump = AsyncResource.bind(() => this.#pump())
    return new Promise((resolve) => {
      this.#resolve = resolve
      for (const task of tasks) {
        task.running++
        this.#subscribe(task.slots, task.pace, pump)
      }
      this.#subscribe(slots, pace, pump)
      const cut = (): void => {
        for (const lane of this.#lanes) lane.cut()
        pump()
      }
      this.#unsubscribe.push(cutoff.subscribe(cut))
      pump()
    })
  }

  #subscribe(slots: Slots, pace: Pace | undefined, pump: () => void): void {
    this.#unsubscribe.push(slots.subscribe(pump))
    if (pace !== undefined) this.#unsubscribe.push(pace.subscribe(pump))
  }

  #laneFor(task: WarmupTask): Lane {
    const { background } = this.#plan
    const patience = { ...this.#plan, timeout: SOURCE_PATIENCE }
    const source = new ArgumentSource({
      open: task.open,
      background,
      settle: (promise) => settleWithin(promise, patience),
      onChange: () => this.#pump(),
      onFailure: (failure) => {
        const outcome = { outcome: 'failed', failure, duration: 0 } as const
        lane.sourceFailed(outcome, this.#plan.clock.now())
        this.#tell(lane, outcome)
      },
    })
    const lane = new Lane(task, source)
    return lane
  }

  /** Starts all items that can start, and ends the run when none is left. */
  #pump(): void {
    const { slots, pace, cutoff, background } = this.#plan
    while (cutoff.cause === undefined && !slots.isFull) {
      const lane = this.#next()
      if (lane === undefined) break
      const item = lane.begin()
      for (const bound of [slots, pace, lane.task.slots, lane.task.pace]) bound?.take()
      background.run('warmup', this.#process(lane, item))
    }
    if (this.#awaited.every((lane) => lane.isDone)) this.#plan.onReady()
    if (this.#reported.every((lane) => lane.isDone)) this.#finish()
  }

  /** Returns the lane whose turn it is, and moves it behind the others of its priority. */
  #next(): Lane | undefined {
    const now = this.#plan.clock.now()
    const isDue = this.#plan.pace?.isDue !== false
    // Look at each lane even if nothing may start, because this is how an exhausted source ends.
    const index = this.#lanes.findIndex((lane) => lane.isReady(now) && isDue)
    const lane = this.#lanes[index]
    if (lane === undefined) return undefined
    this.#lanes.splice(index, 1)
    const { priority } = lane.task
    const behind = this.#lanes.findLastIndex((other) => other.task.priority >= priority) + 1
    this.#lanes.splice(behind, 0, lane)
    return lane
  }

  /** Warms one item and counts its outcome. Never rejects. */
  async #process(lane: Lane, item: unknown): Promise<void> {
    const { clock, slots, pace } = this.#plan
    const { task } = lane
    const begunAt = clock.now()
    const patience = { ...this.#plan, timeout: task.timeout }
    const settled = await settleWithin(this.#warm(task, item), patience)
    if (++this.#processed % ITEMS_PER_TURN === 0) this.#turn = setImmediate()
    await this.#turn
    const now = clock.now()
    const outcome = outcomeOf(settled, now - begunAt)
    lane.end(outcome, now)
    if (outcome.outcome === 'skipped') for (const bound of [pace, task.pace]) bound?.giveBack()
    this.#tell(lane, outcome)
    task.slots.give()
    slots.give()
  }

  async #warm(task: WarmupTask, item: unknown): Promise<Warmed | 'arguments'> {
    const target = task.targetOf(item)
    return target === undefined ? 'arguments' : warm(target, this.#plan.mode, this.#plan.claiming)
  }

  #tell({ task }: Lane, { outcome }: WarmupOutcome): void {
    const done = this.#reported.reduce((sum, lane) => sum + lane.done, 0)
    const total = this.#reported.reduce((sum, lane) => sum + lane.known, 0)
    this.#plan.onProgress({ done, total, name: task.name, outcome })
  }

  #finish(): void {
    const resolve = this.#resolve
    if (resolve === undefined) return
    this.#resolve = undefined
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    for (const task of this.#plan.tasks) task.running--
    const tasks = this.#reported.map((lane) => lane.report())
    resolve({
      tasks,
      warmed: tasks.reduce((sum, { warmed }) => sum + warmed, 0),
      skipped: tasks.reduce((sum, { skipped }) => sum + skipped, 0),
      failed: tasks.reduce((sum, { failed }) => sum + failed, 0),
      duration: this.#plan.clock.now() - this.#begunAt,
      cut: this.#plan.cutoff.cause,
    })
  }
}
