import type { SharedStore } from '../tiers/shared-store.js'
import type { EntryContext } from './entry-context.js'
import type { Call } from './call.js'
import { Flight, type FlightMode, type Outcome } from './flight.js'
import { Keeper } from './keeper.js'
import type { LeaseKeeper } from './lease-keeper.js'
import { type Acquired, LeaseSeeker } from './lease-seeker.js'
import { Loader } from './loader.js'
import type { MemoryEntry } from './memory-entry.js'
import type { MissReason } from './miss-reasons.js'
import { type Look, missReasonOf, SharedReader } from './shared-reader.js'

/** The outcome of a refresh that was not needed, since somebody else is at it. */
export const DONE_ELSEWHERE: Outcome = { source: 'stale', stored: undefined, value: undefined }

/** How often the lease is sought, while what others store cannot be used, or the key is invalidated. */
const MOST_TRIES = 4

export interface FillOptions {
  readonly mode: FlightMode
  /** Whether others may join it by its key. */
  readonly offer: boolean
  readonly stale?: MemoryEntry | undefined
  readonly known?: MemoryEntry | undefined
}

/**
 * Fills one key: shared tier, lease, method, store, in this order, read top to bottom. Whatever
 * fails on the way to the method is only a longer way to it.
 */
export class Filler {
  readonly loader: Loader
  readonly keeper: Keeper
  readonly reader: SharedReader
  readonly #context: EntryContext
  readonly #seeker: LeaseSeeker
  /** How many reads in a row have found nothing in Redis. */
  #emptyLooks = 0

  constructor(context: EntryContext) {
    this.#context = context
    this.loader = new Loader(context)
    this.keeper = new Keeper(context)
    this.reader = new SharedReader(context)
    this.#seeker = new LeaseSeeker(context, this.reader)
  }

  /** Begins to fill a key. The flight's result must be awaited, or given to the background. */
  start(call: Call, options: FillOptions): Flight {
    const { parts } = this.#context
    const id = this.#context.idOf(call.key)
    const flight = new Flight({
      key: call.key,
      mode: options.mode,
      fence: parts.fences.open(id),
      markers: this.#context.markersOf(call.scope),
      position: parts.markers.position,
      begunAt: parts.clock.now(),
      stale: options.stale,
      known: options.known,
    })
    parts.flights.begin(flight)
    if (options.offer) parts.flights.offer(flight)
    const shared = this.reader.storeFor(flight.id, flight.markers)
    if (shared !== undefined) {
      flight.result = this.#fill(flight, call, shared)
    } else {
      const isQuarantined = parts.shared !== undefined && this.#context.policy.useRedis
      if (isQuarantined) parts.missReasons.note(call.key, 'quarantined')
      flight.result = this.#load(flight, call, undefined)
    }
    return flight
  }

  /** Whether a caller who comes now may share what this flight brings. */
  isJoinable(flight: Flight, now: number): boolean {
    return this.#context.stands(flight) && this.#context.isTrusted(flight.begunAt, now)
  }

  /**
   * Looks into Redis, asks for the lease, and begins again with whatever others have stored meanwhile.
   * Runs the method once it has the lease, or there is no use in asking for it.
   */
  async #fill(flight: Flight, call: Call, shared: SharedStore): Promise<Outcome> {
    let lease: LeaseKeeper | undefined
    try {
      let look = await this.#look(flight, shared)
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const served = look && this.#serveFound(flight, look)
        if (served !== undefined) return this.#end(flight, served)
        this.loader.admit(flight)
        const acquired = await this.#seeker.seek(shared, flight, call, look)
        this.#noteAcquired(flight, look, acquired)
        if (acquired.kind === 'needless') return this.#end(flight, DONE_ELSEWHERE)
        if (acquired.kind === 'join') {
          call.onWaiting?.()
          const outcome = await acquired.flight.result
          // What cannot be copied belongs to the caller whose method made it.
          if (outcome.stored !== undefined) return this.#end(flight, outcome)
        }
        if (acquired.kind === 'leased') lease = acquired.lease
        if (acquired.kind === 'found') look = acquired.look
        else if (acquired.kind === 'overtaken' && this.#beginAnew(flight))
          look = await this.#look(flight, shared)
        else break
      }
    } catch (error) {
      throw this.#failed(flight, call, error)
    }
    return this.#load(flight, call, lease)
  }

  /** What Redis has; undefined when it is likely to have nothing, so that the lease is asked for at once. */
  async #look(flight: Flight, shared: SharedStore): Promise<Look | undefined> {
    const { clock, settings } = this.#context.parts
    const isFirst = flight.mode === 'read' && flight.known === undefined
    const isLikelyEmpty = isFirst && this.#emptyLooks >= settings.emptyLooks
    // While its method is paused, only what another process has stored can answer.
    if (isLikelyEmpty && !this.loader.isPaused(flight.key, clock.now())) return undefined
    this.#context.ask(flight)
    return this.reader.look(shared, flight, flight.id, flight.known)
  }

  /**
   * Its method has not been called: whatever was invalidated until now was so before it. Says whether
   * Redis may be asked again.
   */
  #beginAnew(flight: Flight): boolean {
    const { fences, markers } = this.#context.parts
    fences.close(flight.fence)
    flight.fence = fences.open(flight.id)
    flight.position = markers.position
    flight.stale = undefined
    return this.reader.storeFor(flight.id, flight.markers) !== undefined
  }

  /** What this says of how likely Redis is to have anything next time, and of why this read misses. */
  #noteAcquired(flight: Flight, look: Look | undefined, acquired: Acquired): void {
    const isEmpty = acquired.kind === 'leased' && (look === undefined || look.kind === 'nothing')
    this.#emptyLooks = isEmpty ? this.#emptyLooks + 1 : 0
    if (look !== undefined || acquired.kind === 'found' || acquired.kind === 'overtaken') return
    this.#noteMiss(flight.key, acquired.kind === 'unleased' ? acquired.why : 'cold')
  }

  async #load(flight: Flight, call: Call, lease: LeaseKeeper | undefined): Promise<Outcome> {
    try {
      const loaded = await this.loader.run(flight, call)
      return this.keeper.keep(flight, call, loaded, (isStored) => {
        // Until now whoever came could still join; the store has ended.
        this.#end(flight, undefined)
        return lease?.release(isStored)
      })
    } catch (error) {
      if (lease !== undefined) this.#context.parts.background.run('lease', lease.release(false))
      throw this.#failed(flight, call, error)
    }
  }

  #failed(flight: Flight, call: Call, error: unknown): unknown {
    this.#context.parts.missReasons.note(call.key, 'load-failed')
    return this.#end(flight, error)
  }

  /** What the shared tier had, if it answers this flight. */
  #serveFound(flight: Flight, look: Look): Outcome | undefined {
    const { parts, policy } = this.#context
    if (look.kind !== 'found') {
      this.#noteMiss(flight.key, missReasonOf(look))
      return undefined
    }
    const now = parts.clock.now()
    const found = look.entry
    if (flight.mode !== 'force' && now < found.freshUntil) {
      if (flight.mode === 'read' || !this.#context.isDue(found, now))
        return this.#adopt(flight, found)
    }
    parts.missReasons.note(flight.key, 'expired')
    if (now < found.keptUntil) flight.stale = found
    if (
      flight.mode === 'read' &&
      policy.staleWhileRevalidate > 0 &&
      now < this.#context.staleUntil(found)
    ) {
      return { ...this.#adopt(flight, found), source: 'stale' }
    }
    return undefined
  }

  /** Memory knew why it had nothing; Redis only adds to what memory could not know. */
  #noteMiss(key: string, reason: MissReason): void {
    const { missReasons } = this.#context.parts
    if (reason !== 'cold' || missReasons.of(key) === undefined) missReasons.note(key, reason)
  }

  #adopt(flight: Flight, entry: MemoryEntry): Outcome {
    this.keeper.adoptFound(flight, entry)
    return { source: 'redis', stored: entry.stored, value: undefined }
  }

  #end<T>(flight: Flight, outcome: T): T {
    this.#context.parts.fences.close(flight.fence)
    this.#context.parts.flights.end(flight)
    return outcome
  }
}
