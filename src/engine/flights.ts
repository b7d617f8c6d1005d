import { AsyncLocalStorage } from 'node:async_hooks'

import type { SharedLoad } from './call.js'
import type { Flight } from './flight.js'
import { canEndOnlyAfter, noteWait } from './wait-graph.js'

/**
 * The running fills of one cache, by key. A caller joins the running flight of its key if the fence
 * of that flight still stands. A flight removes only itself, never a newer one that took its place.
 */
export class Flights {
  readonly #byKey = new Map<string, Flight>()
  readonly #byToken = new Map<string, Flight>()
  #running = 0
  /**
   * The flight that the current code runs in. While an AsyncLocalStorage is enabled, every promise
   * of the process costs more (on Node 20, an awaited one more than twice as much), so it is
   * disabled when nothing is loading. That happens at the end of the turn, because switching costs
   * as much as a whole load.
   */
  readonly #context = new AsyncLocalStorage<Flight>()
  #contexts = 0
  #isSwitchingOff = false

  /** Number of running flights; 0 in an idle program. */
  get size(): number {
    return this.#running
  }

  /** Returns the flight of a key that others may join; undefined when there is none. */
  find(key: string): Flight | undefined {
    return this.#byKey.get(key)
  }

  /** Returns the flight of this process that holds the lease with this token. */
  holding(token: string): Flight | undefined {
    return this.#byToken.get(token)
  }

  /** Lets other callers find and join the flight. */
  offer(flight: Flight): void {
    this.#byKey.set(flight.key, flight)
  }

  /**
   * Notes that the flight runs. If a method started it, the flight of that method waits for it,
   * even if the method has not reached its first `await`; only a refresh makes nobody wait.
   */
  begin(flight: Flight): void {
    this.#running++
    const { current } = this
    if (current === undefined || flight.mode === 'refresh') return
    flight.begunBy = current
    noteWait(current, flight)
  }

  /** Notes that the flight has got the lease of its key, under this token. */
  leased(flight: Flight, token: string): void {
    this.#byToken.set(token, flight)
  }

  /** Notes that the flight has ended. Must be called once for each `begin`. */
  end(flight: Flight): void {
    this.#running--
    flight.begunBy?.waitsFor?.delete(flight)
    flight.waitsFor = undefined
    if (this.#byKey.get(flight.key) === flight) this.#byKey.delete(flight.key)
    const token = flight.lease?.token
    if (token !== undefined) this.#byToken.delete(token)
  }

  /**
   * Runs a method as part of a flight, so that calls the method makes to its own key are
   * recognised. `leave` must be called once for each `enter`, when the returned promise has
   * settled.
   */
  enter<T>(
    flight: Flight,
    load: (share?: SharedLoad) => PromiseLike<T>,
    share: SharedLoad | undefined,
  ): PromiseLike<T> {
    this.#contexts++
    return this.#context.run(flight, load, share)
  }

  /** Notes that a method run by `enter` has ended. */
  leave(): void {
    if (--this.#contexts === 0) this.#switchOff()
  }

  /** The flight whose method the current code belongs to. */
  get current(): Flight | undefined {
    return this.#contexts === 0 ? undefined : this.#context.getStore()
  }

  /**
   * Whether waiting here for `flight` would close a cycle of waiting flights, which would never
   * end.
   */
  wouldDeadlock(flight: Flight): boolean {
    const current = this.current
    return current !== undefined && canEndOnlyAfter(flight, current)
  }

  /**
   * Notes that one flight waits for another. Returns false, and notes nothing, if that would
   * deadlock.
   */
  join(waiting: Flight, flight: Flight): boolean {
    if (canEndOnlyAfter(flight, waiting)) return false
    noteWait(waiting, flight)
    return true
  }

  /** Notes that the current flight waits for another until `waiting` settles. */
  async waitFor<T>(flight: Flight, waiting: Promise<T>): Promise<T> {
    const current = this.current
    if (current === undefined) return waiting
    noteWait(current, flight)
    try {
      return await waiting
    } finally {
      current.waitsFor?.delete(flight)
    }
  }

  #switchOff(): void {
    if (this.#isSwitchingOff) return
    this.#isSwitchingOff = true
    setImmediate(() => {
      this.#isSwitchingOff = false
      if (this.#contexts === 0) this.#context.disable()
    })
  }
}
