import { sleep } from '../clock.js'
import type { AcquireReply, AcquireRequest } from '../tiers/shared-store.js'
import type { EntryContext } from './entry-context.js'
import { type Call, Flight, type FlightMode, type Outcome } from './flight.js'
import { Keeper } from './keeper.js'
import { LeaseKeeper, newLoadToken, PUT_TOKEN } from './lease-keeper.js'
import { Loader } from './loader.js'
import type { MemoryEntry } from './memory-entry.js'
import { SharedReader, type Look } from './shared-reader.js'

/** Milliseconds between two looks at a key that another process loads: from, growing to. */
const POLL = { first: 5, growth: 1.5, longest: 100 }
/** What a refresh brings that somebody else is doing already. */
export const NOTHING: Outcome = { source: 'stale', stored: undefined, value: undefined }
/** How often an entry that turns out to be unusable may stand in the way of the lease. */
const UNUSABLE_TRIES = 3

export interface FillOptions {
  readonly mode: FlightMode
  /** Whether others may join it by its key. */
  readonly offer: boolean
  readonly stale?: MemoryEntry | undefined
  readonly known?: MemoryEntry | undefined
}

/** What came of asking for the lease. */
type Acquired =
  | { readonly kind: 'leased'; readonly lease: LeaseKeeper }
  | { readonly kind: 'found'; readonly entry: MemoryEntry }
  /** Another flight of this process holds it, and nothing has been invalidated since it began. */
  | { readonly kind: 'join'; readonly flight: Flight }
  /** The method must be run without it; the result goes no further than this process. */
  | { readonly kind: 'unleased' }
  /** A refresh that somebody else is doing already. */
  | { readonly kind: 'needless' }

/**
 * Fills one key: shared tier, lease, method, store, in this order, read top to bottom. Whatever
 * fails on the way to the method is only a longer way to it.
 */
export class Filler {
  readonly loader: Loader
  readonly keeper: Keeper
  readonly reader: SharedReader
  readonly #context: EntryContext

  constructor(context: EntryContext) {
    this.#context = context
    this.loader = new Loader(context)
    this.keeper = new Keeper(context)
    this.reader = new SharedReader(context)
  }

  /** Begins to fill a key. The flight's result must be awaited, or given to the background. */
  start(call: Call, options: FillOptions): Flight {
    const { parts } = this.#context
    const id = this.#context.idOf(call.key)
    const flight = new Flight({
      key: call.key,
      mode: options.mode,
      fence: parts.fences.open(id),
      unshared: parts.unshared.of(id),
      markers: this.#context.markersOf(call.scope),
      begun: parts.markers.position,
      begunAt: parts.clock.now(),
      stale: options.stale,
      known: options.known,
    })
    parts.flights.begin(flight)
    if (options.offer) parts.flights.offer(flight)
    if (this.reader.mayRead(flight.id, flight.markers)) {
      flight.result = this.#fill(flight, call)
    } else {
      const isQuarantined = parts.shared !== undefined && this.#context.policy.useRedis
      if (isQuarantined) parts.missReasons.note(call.key, 'quarantined')
      flight.result = this.#load(flight, call, undefined)
    }
    return flight
  }

  /** Whether a caller who comes now may share what this flight brings. */
  isJoinable(flight: Flight, now: number): boolean {
    return this.#stands(flight) && this.#context.isTrusted(flight.begunAt, now)
  }

  async #fill(flight: Flight, call: Call): Promise<Outcome> {
    let lease: LeaseKeeper | undefined
    try {
      flight.older = this.#context.parts.memory.get(flight.key)
      const look = await this.reader.look(flight, flight.id, flight.known)
      const served = this.#serveFound(flight, look)
      if (served !== undefined) return this.#end(flight, served)
      const acquired = await this.#acquire(flight, call, look)
      if (acquired.kind === 'found') return this.#end(flight, this.#adopt(flight, acquired.entry))
      if (acquired.kind === 'join') {
        call.onWaiting?.()
        const outcome = await acquired.flight.result
        // What cannot be copied belongs to the caller whose method made it.
        if (outcome.stored !== undefined) return this.#end(flight, outcome)
      }
      if (acquired.kind === 'needless') return this.#end(flight, NOTHING)
      if (acquired.kind === 'leased') lease = acquired.lease
    } catch (error) {
      throw this.#failed(flight, call, error)
    }
    return this.#load(flight, call, lease)
  }

  async #load(flight: Flight, call: Call, lease: LeaseKeeper | undefined): Promise<Outcome> {
    try {
      const value = await this.loader.run(flight, call)
      return this.keeper.keep(flight, call, value, (isStored) => {
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
    if (look.found === undefined) {
      // Memory knew why it had nothing; Redis only adds to what memory could not know.
      if (look.reason !== 'cold' || parts.missReasons.of(flight.key) === undefined) {
        parts.missReasons.note(flight.key, look.reason)
      }
      return undefined
    }
    const now = parts.clock.now()
    const { found } = look
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

  #adopt(flight: Flight, entry: MemoryEntry): Outcome {
    const outcome = { source: 'redis', stored: entry.stored, value: undefined } as const
    const present = this.#context.parts.memory.get(flight.key)
    const hasCome = present !== undefined && present !== flight.older
    // What was loaded here since Redis was asked is no older than the answer; nor is the answer itself.
    if (hasCome && (present.shared ?? entry.shared)?.stamp === entry.shared?.stamp) return outcome
    const { intact, isOutdated } = flight.fence
    const isKept = !hasCome && this.keeper.adopt(entry, intact && !isOutdated)
    if (!isKept) this.keeper.forgetOlder(flight)
    return outcome
  }

  /** Asks for the lease until it is had, or needless, or has been waited for long enough. */
  async #acquire(flight: Flight, call: Call, look: Look): Promise<Acquired> {
    const { parts, policy } = this.#context
    if (isHopeless(look)) return { kind: 'unleased' }
    let seen = look.found === undefined ? look.seen : look.found.shared?.stamp
    let holder: string | undefined
    let pause = POLL.first
    for (let unusable = 0; unusable < UNUSABLE_TRIES; ) {
      if (!flight.fence.intact && holder === undefined) return { kind: 'unleased' }
      const token = newLoadToken()
      const reply = await this.#ask(flight, token, seen)
      if (reply === undefined) return { kind: 'unleased' }
      if (reply.outcome === 'granted') return this.#granted(flight, token, reply.capture)
      if (flight.mode === 'force') return this.#seize(flight)
      if (reply.outcome === 'found') {
        const { entry, capture } = reply
        const judged = await this.reader.judge(flight, flight.id, entry, capture.tokens)
        if (judged.found !== undefined && parts.clock.now() < judged.found.freshUntil) {
          return { kind: 'found', entry: judged.found }
        }
        if (isHopeless(judged)) return { kind: 'unleased' }
        seen = entry.stamp
        unusable++
        continue
      }
      if (flight.mode === 'refresh') return { kind: 'needless' }
      const own = parts.flights.holding(reply.holder)
      if (own !== undefined && own !== flight) {
        return this.#joinOwn(own, reply) ?? this.#seize(flight)
      }
      const isOther = holder !== undefined && holder !== reply.holder
      const isLate = parts.clock.now() - flight.begunAt > policy.hardTimeout
      if (isOther || isLate || reply.holder.startsWith(PUT_TOKEN)) return { kind: 'unleased' }
      holder = reply.holder
      call.onWaiting?.()
      await sleep(parts.clock, pause * (0.75 + 0.5 * parts.random()), true)
      pause = Math.min(pause * POLL.growth, POLL.longest)
    }
    return { kind: 'unleased' }
  }

  async #ask(
    flight: Flight,
    token: string,
    seen: string | undefined,
  ): Promise<AcquireReply | undefined> {
    flight.older = this.#context.parts.memory.get(flight.key)
    try {
      return await this.#context.parts.shared?.acquire(this.#request(flight, token, seen))
    } catch {
      return undefined
    }
  }

  /** A flight of this process that may not be joined holds the lease: it cannot store, so it is taken. */
  async #seize(flight: Flight): Promise<Acquired> {
    const token = newLoadToken()
    try {
      const capture = await this.#context.parts.shared?.seize(
        this.#request(flight, token, undefined),
      )
      return capture === undefined ? { kind: 'unleased' } : this.#granted(flight, token, capture)
    } catch {
      return { kind: 'unleased' }
    }
  }

  #request(flight: Flight, token: string, seen: string | undefined): AcquireRequest {
    const { policy, parts } = this.#context
    return {
      hash: flight.id,
      field: policy.version,
      token,
      leaseFor: parts.settings.leaseFor,
      markers: flight.markers.map((marker) => marker.name),
      withClock: policy.tags !== undefined,
      markersLiveFor: this.#context.markersLiveFor,
      seen,
    }
  }

  #granted(flight: Flight, token: string, capture: AcquireReply['capture']): Acquired {
    const { parts, policy } = this.#context
    flight.lease = { token, capture }
    flight.fence.isLeased = true
    parts.flights.leased(flight, token)
    const address = { hash: flight.id, field: policy.version }
    return { kind: 'leased', lease: new LeaseKeeper(parts, address, token) }
  }

  /** Whether this process has heard of nothing that was invalidated since it began and concerns it. */
  #stands(flight: Flight): boolean {
    const { markers } = this.#context.parts
    const { intact, isOutdated } = flight.fence
    if (!intact || isOutdated || !markers.unchangedSince(flight.begun, flight.markers)) return false
    // Its tags are not known yet: any tag invalidated since it began may be one of them.
    return this.#context.policy.tags === undefined || markers.tagsChangedAt <= flight.begun
  }

  /**
   * The lease still stands, so its key was not evicted since it was taken, anywhere; the same tokens
   * and tag clock say that nothing else was. So the flight that holds it may be joined, without
   * relying on the log. What this process invalidates counts as well: Redis may not have confirmed it.
   */
  #joinOwn(own: Flight, reply: Extract<AcquireReply, { outcome: 'held' }>): Acquired | undefined {
    const captured = own.lease?.capture
    const isCurrent =
      this.#stands(own) &&
      captured !== undefined &&
      captured.clock === reply.capture.clock &&
      captured.tokens.every((token, index) => token === reply.capture.tokens[index])
    if (!isCurrent || this.#context.parts.flights.wouldDeadlock(own)) return undefined
    return { kind: 'join', flight: own }
  }

  #end<T>(flight: Flight, outcome: T): T {
    this.#context.parts.fences.close(flight.fence)
    this.#context.parts.flights.end(flight)
    return outcome
  }
}

/** Whether a lease would be of no use: it could not be had, or what is there must not be replaced. */
function isHopeless(look: Look): boolean {
  return look.found === undefined && (look.isForeign || look.reason === 'redis-unavailable')
}
