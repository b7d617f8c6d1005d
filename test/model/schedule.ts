import type { Scheduler } from 'fast-check'

import { CacheLoadTimeoutError } from '../../src/errors.js'
import { Timeline } from '../support/model/timeline.js'

/** More than any scenario needs: whoever takes more runs in circles. */
const MOST_STEPS = 10_000
/** How far time goes in one step at most. Milliseconds. */
const LEAPS = [10, 100, Infinity]

/** Thrown by loads of the model, on purpose. */
export class LoadFailure extends Error {
  override readonly name = 'LoadFailure'
}

/** Puts all steps of a model in order, and lets time pass. */
export class Schedule {
  readonly timeline = new Timeline()
  readonly random: () => number
  readonly #scheduler: Scheduler
  readonly #failures: unknown[] = []
  #running = 0
  #timePasses = false

  constructor(scheduler: Scheduler, random: () => number) {
    this.#scheduler = scheduler
    this.random = random
  }

  /** How much of what was begun has not ended. */
  get running(): number {
    return this.#running
  }

  /** Resolves when it is this step's turn. */
  step(label: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), label)
  }

  async steps(count: number, label: string): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.step(label)
  }

  begin(work: Promise<unknown>): void {
    this.#running += 1
    work.then(
      () => {
        this.#running -= 1
      },
      (error: unknown) => {
        this.#running -= 1
        if (!isExpected(error)) this.#failures.push(error)
      },
    )
  }

  /** Takes steps until `isDone`; where there is none to take, lets time pass. */
  async pump(isDone: () => boolean): Promise<void> {
    await turn()
    for (let left = MOST_STEPS; !isDone(); left -= 1) {
      if (left === 0) throw new Error('it does not come to rest')
      if (this.#scheduler.count() > 0) {
        await this.#scheduler.waitOne()
      } else {
        const fire = this.timeline.next()
        if (fire === undefined) throw new Error('everybody waits for somebody else')
        fire()
      }
      await turn()
      if (this.#failures.length > 0) throw this.#failures[0]
    }
  }

  /** From now on time passes also while there are steps to take, until `stopTime`. */
  startTime(): void {
    this.#timePasses = true
    void this.#passTime()
  }

  stopTime(): void {
    this.#timePasses = false
  }

  async #passTime(): Promise<void> {
    while (this.#timePasses) {
      await this.step('time')
      const fire = this.timeline.next(LEAPS[Math.floor(this.random() * LEAPS.length)])
      // A timer may be late, as in a process that was suspended.
      if (fire !== undefined) void this.step('timer').then(fire)
    }
  }
}

/** Whether a caller of the model must be ready for it. */
export function isExpected(error: unknown): boolean {
  return error instanceof LoadFailure || error instanceof CacheLoadTimeoutError
}

/** Gives everything that was woken the chance to run as far as it comes. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
