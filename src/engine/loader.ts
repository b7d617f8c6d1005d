import { LRUCache } from 'lru-cache'

import { CacheLoadTimeoutError } from '../errors.js'
import type { EntryContext } from './entry-context.js'
import type { Call, SharedLoad } from './call.js'
import type { Flight, LoadStart } from './flight.js'
import { Slots } from './slots.js'
import { noteWait } from './wait-graph.js'

/** A result of the method, and what was known when the method was called. */
export interface Loaded {
  readonly value: unknown
  readonly start: LoadStart
}

interface Failure {
  readonly error: unknown
  readonly until: number
  readonly pause: number
}

/** Most failing keys remembered per entry. */
const FAILURES = 1_000
/** Shortest pause after a failed background refresh. Milliseconds. */
const REFRESH_PAUSE = 1_000
const LONGEST_PAUSE = 30_000

/** Runs the method of one entry, limits its concurrency and time, and pauses after a failure. */
export class Loader {
  readonly #context: EntryContext
  readonly #failures = new LRUCache<string, Failure>({
    // `maxSize` with a size of 1 each: `max` would allocate room for all failures in every entry.
    maxSize: FAILURES,
    sizeCalculation: () => 1,
  })
  readonly #slots: Slots

  constructor(context: EntryContext) {
    this.#context = context
    this.#slots = new Slots(context)
  }

  /** Whether the pause after a failed load of this key is still running. */
  isPaused(key: string, now: number): boolean {
    const failure = this.#failures.get(key)
    return failure !== undefined && now < failure.until
  }

  /**
   * Throws the error object of the last failed load while the pause after it is running
   * (`errorBackoff`). Must be called before asking for the lease: a flight that may not load must
   * not hold the lease, because processes that may load would wait for it.
   */
  admit(flight: Flight): void {
    const failure = this.#failures.size === 0 ? undefined : this.#failures.get(flight.key)
    if (failure !== undefined && this.#isRefused(flight, failure)) throw failure.error
  }

  /**
   * Runs the method. Rejects with the error object that the method throws, with that of the last
   * failed load while the pause after it is running, with CacheLoadTimeoutError, or with
   * CacheLoadRejectedError.
   */
  run(flight: Flight, call: Call): Promise<Loaded> {
    const { counters, parts } = this.#context
    const { clock, signals } = parts
    const begunAt = clock.now()
    const failure = this.#failures.size === 0 ? undefined : this.#failures.get(call.key)
    if (failure !== undefined && this.#isRefused(flight, failure)) {
      return Promise.reject(failure.error)
    }
    counters.loads++
    return new Promise((resolve, reject) => {
      this.#bounded(
        flight,
        call,
        (loaded) => {
          if (failure !== undefined) this.#failures.delete(call.key)
          signals.loaded(counters, clock.now() - begunAt)
          resolve(loaded)
        },
        (error) => {
          counters.loadFailures++
          // Without a slot the method was never called, so it has not failed.
          if (flight.hasBegun) this.#remember(call.key, error, flight, failure)
          signals.loadFailed(counters, clock.now() - begunAt)
          reject(error)
        },
      )
    })
  }

  /** Calls either `succeeded` or `failed`, once, and no later than the hard timeout. */
  #bounded(
    flight: Flight,
    call: Call,
    succeeded: (loaded: Loaded) => void,
    failed: (error: unknown) => void,
  ): void {
    const { policy, parts } = this.#context
    const load = (): Promise<Loaded> => this.#within(flight, call)
    // The items of a batch wait for one another: if each held a slot, the last could never get one.
    const running = call.isItem ? load() : this.#slots.run(flight, load)
    let isLate = false
    const expire = (): void => {
      isLate = true
      // A result that arrives after the timeout must not be served or stored.
      flight.fence.intact = false
      parts.background.run('late-load', running.then(noop, noop))
      failed(new CacheLoadTimeoutError(policy.label, policy.hardTimeout))
    }
    // The timer does not keep the process alive, so a method that hangs cannot prevent its exit.
    const cancel = parts.clock.schedule(policy.hardTimeout, expire)
    running.then(
      (loaded) => {
        cancel()
        if (!isLate) succeeded(loaded)
      },
      (error: unknown) => {
        cancel()
        if (!isLate) failed(error)
      },
    )
  }

  /** Runs the method in the context of its flight, so that nested calls are attributed to it. */
  async #within(flight: Flight, call: Call): Promise<Loaded> {
    const { flights } = this.#context.parts
    let start = this.#startOf(call.key)
    flight.hasBegun = !call.isItem
    const begin = (): void => {
      start = this.#startOf(call.key)
      flight.hasBegun = true
    }
    const share = call.isItem ? new ItemLoad(flight, begin) : undefined
    try {
      const value = await flights.enter(flight, call.load, share)
      return { value, start }
    } finally {
      flights.leave()
    }
  }

  /**
   * Calls the method once for the flights of several items, in one slot.
   *
   * Rejects with CacheLoadRejectedError or CacheLoadTimeoutError; see `Slots.run`.
   */
  runForItems(run: () => Promise<unknown>): Promise<unknown> {
    const { current } = this.#context.parts.flights
    return current === undefined ? run() : this.#slots.run(current, run)
  }

  #startOf(key: string): LoadStart {
    const { clock, journal, memory } = this.#context.parts
    return { at: clock.now(), issue: journal.issues, inMemory: memory.get(key) }
  }

  #isRefused({ mode }: Flight, { until }: Failure): boolean {
    const { policy, parts } = this.#context
    return mode === 'read' && policy.errorBackoff > 0 && parts.clock.now() < until
  }

  #remember(key: string, error: unknown, flight: Flight, last: Failure | undefined): void {
    const { policy, parts } = this.#context
    const least = flight.mode === 'refresh' ? REFRESH_PAUSE : 0
    const first = Math.max(policy.errorBackoff, least)
    if (first === 0) return
    const pause = Math.min(last === undefined ? first : last.pause * 2, LONGEST_PAUSE)
    this.#failures.set(key, { error, pause, until: parts.clock.now() + pause })
  }
}

/** The load of one item's flight within a call for several items. */
class ItemLoad implements SharedLoad {
  readonly begin: () => void
  readonly #flight: Flight

  constructor(flight: Flight, begin: () => void) {
    this.#flight = flight
    this.begin = begin
  }

  follow(leader: SharedLoad): void {
    if (leader !== this && leader instanceof ItemLoad) noteWait(this.#flight, leader.#flight)
  }
}

function noop(): void {}
