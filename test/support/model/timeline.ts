import type { Clock } from '../../../src/clock.js'

interface Timer {
  readonly due: number
  readonly order: number
  readonly callback: () => void
}

/** The time of a whole model: it stands still until somebody moves it to the next timer. */
export class Timeline {
  readonly #timers = new Set<Timer>()
  #now = 0
  #order = 0

  get now(): number {
    return this.#now
  }

  get hasTimers(): boolean {
    return this.#timers.size > 0
  }

  schedule(delay: number, callback: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, delay), order: this.#order, callback }
    this.#order += 1
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** Moves to the next timer, but no further than `farthest`, and returns what it calls, if it got there. */
  next(farthest = Infinity): (() => void) | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (
        next === undefined ||
        timer.due < next.due ||
        (timer.due === next.due && timer.order < next.order)
      ) {
        next = timer
      }
    }
    if (next === undefined) return undefined
    if (next.due > this.#now + farthest) {
      this.#now += farthest
      return undefined
    }
    this.#timers.delete(next)
    this.#now = Math.max(this.#now, next.due)
    return next.callback
  }

  /** Lets time pass without firing anything, as for a machine that stood still. */
  pass(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** A clock of this time with an origin of its own. */
  clock(origin: number): Clock {
    return {
      now: () => this.#now + origin,
      schedule: (delay, callback) => this.schedule(delay, callback),
    }
  }
}
