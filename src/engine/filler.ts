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

/** The outcome of a refresh that is not needed because another flight or process is doing it. */
export const DONE_ELSEWHERE: Outcome = { source: 'stale', stored: undefined, value: undefined }

/**
 * Maximum attempts to get the lease. An attempt fails when the entry that others stored cannot be
 * used, or the key is invalidated meanwhile.
 */
const MOST_TRIES = 4

export interface FillOptions {
  readonly mode: FlightMode
  /** Whether other callers may find the flight by its key and join it. */
  readonly offer: boolean
  readonly stale?: MemoryEntry | undefined
  readonly known?: MemoryEntry | undefined
}

/**
 * Fills one key, in this order: shared tier, lease, method, store. A failure of Redis never
 * prevents the method from running; it only delays it.
 */
export class Filler {
  readonly loader: Loader
  readonly keeper: Keeper
  readonly reader: SharedReader
  readonly #context: EntryContext
  readonly #seeker: LeaseSeeker
  /** Number of consecutive reads that found nothing in Redis. */
  #emptyLooks = 0

  constructor(context: EntryContext) {
    this.#context = context
    this.loader = new Loader(context)
    this.keeper = new Keeper(context)
    this.reader = new SharedReader(context)
    this.#seeker = new LeaseSeeker(context, this.reader)
  }

  /**
   * Starts to fill a key. The caller must await the flight's result or pass it to the background.
   */
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

  /** Whether a caller that arrives now may share the result of this flight. */
  isJoinable(flight: Flight, now: number): boolean {
    return this.#context.stands(flight) && this.#context.isTrusted(flight.begunAt, now)
  }

  /**
   * Reads Redis and asks for the lease, and starts over with whatever others have stored meanwhile.
   * Runs the method once it has the lease, or when the lease cannot be had or would be of no use.
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
          // A value that cannot be copied belongs to the caller whose method made it.
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

  /**
   * Reads the entry from Redis. Returns undefined without reading when Redis is likely to have
   * nothing: the request for the lease, which comes next, also returns an entry if there is one.
   */
  #look(flight: Flight, shared: SharedStore): Promise<Look> | undefined {
    const { clock, settings } = this.#context.parts
    const isFirst = flight.mode === 'read' && flight.known === undefined
    const isLikelyEmpty = isFirst && this.#emptyLooks >= settings.emptyLooks
    // While the method is paused after a failure, only an entry stored by another process can
    // answer.
    if (isLikelyEmpty && !this.loader.isPaused(flight.key, clock.now())) return undefined
    this.#context.ask(flight)
    return this.reader.look(shared, flight, flight.id, flight.known)
  }

  /**
   * Gives the flight a new fence and position. Its method has not been called yet, so every
   * invalidation made until now precedes the load. Returns whether Redis may still be asked.
   */
  #beginAnew(flight: Flight): boolean {
    const { fences, markers } = this.#context.parts
    fences.close(flight.fence)
    flight.fence = fences.open(flight.id)
    flight.position = markers.position
    flight.stale = undefined
    return this.reader.storeFor(flight.id, flight.markers) !== undefined
  }

  /** Records how likely the next read is to find anything in Redis, and why this read misses. */
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
        // The store has ended. Until now, callers could still join the flight.
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

  /** Returns the outcome if the entry found in Redis answers this flight; otherwise undefined. */
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

  /** Keeps the more specific reason that memory recorded: `cold` from Redis does not replace it. */
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
