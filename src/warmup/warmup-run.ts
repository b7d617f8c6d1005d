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

/** Everything one run needs. */
export interface RunPlan {
  readonly tasks: readonly WarmupTask[]
  readonly mode: WarmMode
  readonly claiming: Claiming
  /** The bound over all tasks, and perhaps over other runs. */
  readonly slots: Slots
  /** How fast loads may begin, over all tasks; undefined: as fast as there are slots. */
  readonly pace: Pace | undefined
  readonly cutoff: Cutoff
  readonly clock: Clock
  readonly background: Background
  readonly onProgress: (progress: WarmupProgress) => void
  /** Called when the critical tasks are done: all, when none is critical. Perhaps more than once. */
  readonly onReady: () => void
}

/** Milliseconds that a source may take for its next item before it is given up. */
const SOURCE_PATIENCE = 5 * 60_000
/**
 * After so many items the event loop gets its turn. Items that are fresh in memory need nothing but
 * promises, and a million of them in a row would keep timers, sockets and the deadline waiting.
 */
const ITEMS_PER_TURN = 200

/**
 * Warms what its tasks ask for: so many at once over all, so many of each task, higher priorities
 * first and tasks of one priority in turn. A free slot goes to the highest priority that can use it.
 */
export class WarmupRun {
  readonly #plan: RunPlan
  readonly #begunAt: number
  /** By priority; within one, who was served last comes last. */
  readonly #lanes: Lane[]
  /** In the order of the report. */
  readonly #reported: readonly Lane[]
  readonly #awaited: readonly Lane[]
  readonly #unsubscribe: (() => void)[] = []
  #resolve: ((report: WarmupReport) => void) | undefined
  #processed = 0
  /** Everybody waits for the same turn: those who did not would keep the loop busy between them. */
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

  /** Runs to the end, or to where it is cut. Never rejects. To be called once. */
  execute(): Promise<WarmupReport> {
    const { tasks, slots, pace, cutoff } = this.#plan
    // Another run that ends a load in a slot we share must not make ours a part of its request.
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

  /** Begins what can be begun; ends the run when nothing is left. */
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

  /** The lane whose turn it is; afterwards it is the turn of others of its priority. */
  #next(): Lane | undefined {
    const now = this.#plan.clock.now()
    const isDue = this.#plan.pace?.isDue !== false
    // Each is looked at, also when nothing may begin: a source that has nothing left is done.
    const index = this.#lanes.findIndex((lane) => lane.isReady(now) && isDue)
    const lane = this.#lanes[index]
    if (lane === undefined) return undefined
    this.#lanes.splice(index, 1)
    const { priority } = lane.task
    const behind = this.#lanes.findLastIndex((other) => other.task.priority >= priority) + 1
    this.#lanes.splice(behind, 0, lane)
    return lane
  }

  /** Never rejects. */
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
