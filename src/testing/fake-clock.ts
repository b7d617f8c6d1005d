import type { Clock } from '../clock.js'
import { CacheConfigurationError } from '../errors.js'

interface Timer {
  readonly due: number
  readonly callback: () => void
}

/**
 * How many turns of the event loop are given to what a timer has woken before the next one fires:
 * enough for chains that pass through `setImmediate` a few times, as promises of Node's own do.
 */
const SETTLING_TURNS = 3

/**
 * A clock that stands still until a test moves it. Give it to a cache as its `clock`, and an hour
 * passes in no time and to the millisecond.
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

  /** @param now where the clock stands at first, in milliseconds. 0 by default. */
  constructor(now = 0) {
    this.#now = now
  }

  /** How many timers wait. A test that ends with more than it began with has found a leak. */
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
   * Moves the clock by `milliseconds` and fires what falls due on the way, in the order in which it
   * falls due (at one instant: in which it was scheduled), with the clock at that instant. What each
   * timer wakes may run, and may schedule more, before the next one fires. It waits for promises
   * and immediates; it cannot wait for a network or a disk.
   *
   * A timer that throws rejects the promise; the clock then stands at that timer's instant.
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
   * Puts the clock at `instant` without firing anything, like a process that was suspended: what
   * fell due meanwhile fires late, at the next `advance`.
   *
   * @throws CacheConfigurationError when `instant` has passed, for a `Clock` never goes back
   */
  set(instant: number): void {
    if (!(instant >= this.#now)) {
      throw new CacheConfigurationError('set', `an instant from ${this.#now} on`, instant)
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
