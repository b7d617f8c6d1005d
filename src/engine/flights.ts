import { AsyncLocalStorage } from 'node:async_hooks'

import type { SharedLoad } from './call.js'
import type { Flight } from './flight.js'
import { canEndOnlyAfter, noteWait } from './wait-graph.js'

/**
 * The running fills of one cache, by key: whoever comes while one runs joins it, if its fence still
 * stands. Only the flight itself takes itself out, and only if it is still the one that is in.
 */
export class Flights {
  readonly #byKey = new Map<string, Flight>()
  readonly #byToken = new Map<string, Flight>()
  #running = 0
  /**
   * In which flight the current code runs. An AsyncLocalStorage in use makes every promise of the
   * process dearer (on Node 20 an awaited one more than twice as dear), so it is switched off again
   * when nothing is loading: at the end of the turn, since switching is as dear as a whole load.
   */
  readonly #context = new AsyncLocalStorage<Flight>()
  #contexts = 0
  #isSwitchingOff = false

  /** How many run; a program at rest has none. */
  get size(): number {
    return this.#running
  }

  /** The one that others may join. */
  find(key: string): Flight | undefined {
    return this.#byKey.get(key)
  }

  /** The flight of this process that holds a lease with this token. */
  holding(token: string): Flight | undefined {
    return this.#byToken.get(token)
  }

  /** From now on others may join it. */
  offer(flight: Flight): void {
    this.#byKey.set(flight.key, flight)
  }

  /**
   * Notes that it runs. Whoever begins it inside a method waits for it, even while its own method
   * has not come to its first `await`; only a refresh keeps nobody waiting.
   */
  begin(flight: Flight): void {
    this.#running++
    const { current } = this
    if (current === undefined || flight.mode === 'refresh') return
    flight.begunBy = current
    noteWait(current, flight)
  }

  /** It has got the lease of its key, under this token. */
  leased(flight: Flight, token: string): void {
    this.#byToken.set(token, flight)
  }

  /** Due once for each `begin`. */
  end(flight: Flight): void {
    this.#running--
    flight.begunBy?.waitsFor?.delete(flight)
    flight.waitsFor = undefined
    if (this.#byKey.get(flight.key) === flight) this.#byKey.delete(flight.key)
    const token = flight.lease?.token
    if (token !== undefined) this.#byToken.delete(token)
  }

  /**
   * Runs a method as part of a flight, so that a call it makes of its own key is recognised. What it
   * returns has ended when `leave` is called, which is due once for each `enter`.
   */
  enter<T>(
    flight: Flight,
    load: (share?: SharedLoad) => PromiseLike<T>,
    share: SharedLoad | undefined,
  ): PromiseLike<T> {
    this.#contexts++
    return this.#context.run(flight, load, share)
  }

  /** A method has ended that was run by `enter`. */
  leave(): void {
    if (--this.#contexts === 0) this.#switchOff()
  }

  /** The flight whose method the current code belongs to. */
  get current(): Flight | undefined {
    return this.#contexts === 0 ? undefined : this.#context.getStore()
  }

  /** Whether waiting for `flight` here would close a circle in which everybody waits for ever. */
  wouldDeadlock(flight: Flight): boolean {
    const current = this.current
    return current !== undefined && canEndOnlyAfter(flight, current)
  }

  /** Notes that one flight waits for another. False, and nothing is noted, where that would be for ever. */
  join(waiting: Flight, flight: Flight): boolean {
    if (canEndOnlyAfter(flight, waiting)) return false
    noteWait(waiting, flight)
    return true
  }

  /** Notes that the current flight waits for another one while `waiting` runs. */
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
