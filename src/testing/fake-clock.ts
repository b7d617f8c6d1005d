import type { Clock } from '../clock.js'
import { CacheConfigurationError } from '../errors.js'

interface Timer {
  readonly due: number
  readonly callback: () => void
}

/**
 * How many turns of the event loop the work started by one timer gets before the next timer fires.
 * Enough for chains that pass through `setImmediate` a few times, as Node's own promises do.
 */
const SETTLING_TURNS = 3

/**
 * A clock that stands still until a test advances it. Pass it to a cache as its `clock`, and an
 * hour passes instantly and to the millisecond.
 *
 * @example
 * const clock = new FakeClock()
 * clock.schedule(100, () => console.log('fired'))
 * await clock.advance(99) // nothing
 * await clock.advance(1) // fired
 */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now: number

  /** @param now the initial time, in milliseconds. 0 by default. */
  constructor(now = 0) {
    this.#now = now
  }

  /**
   * How many timers are pending. A test that ends with more than it began with has found a leak.
   */
  get pending(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  schedule(delay: number, callback: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, delay), callback }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /**
   * Advances the clock by `milliseconds` and fires the timers that fall due, in order of their due
   * time and then of scheduling, each with the clock at its due time. Work that a timer starts may
   * run, and may schedule more timers, before the next one fires. `advance` waits for promises and
   * immediates; it cannot wait for a network or a disk.
   *
   * A timer that throws rejects the promise; the clock then stands at that timer's due time.
   *
   * @throws CacheConfigurationError when `milliseconds` is negative or no number
   */
  async advance(milliseconds: number): Promise<void> {
    if (!(milliseconds >= 0)) {
      throw new CacheConfigurationError('advance', 'zero or more milliseconds', milliseconds)
    }
    const end = this.#now + milliseconds
    await settle()
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.due)
      timer.callback()
      await settle()
    }
    this.#now = Math.max(this.#now, end)
  }

  /**
   * Sets the clock to `instant` without firing anything, as if the process had been suspended:
   * timers that fell due meanwhile fire late, at the next `advance`.
   *
   * @throws CacheConfigurationError when `instant` is in the past, because a `Clock` never goes
   *   back
   */
  set(instant: number): void {
    if (!(instant >= this.#now)) {
      throw new CacheConfigurationError('set', `an instant of ${this.#now} or later`, instant)
    }
    this.#now = instant
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer
    }
    return next
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}
