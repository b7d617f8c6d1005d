import { sleep } from '../clock.js'
import type { AcquireReply, AcquireRequest, Capture, SharedStore } from '../tiers/shared-store.js'
import type { EntryContext } from './entry-context.js'
import type { Call } from './call.js'
import type { Flight } from './flight.js'
import { LeaseKeeper, newLoadToken, PUT_TOKEN } from './lease-keeper.js'
import type { Look, SharedReader } from './shared-reader.js'

/** Milliseconds between two looks at a key that another process loads: from, growing to. */
const POLL = { first: 5, growth: 1.5, longest: 100 }
/** What came of asking for the lease. */
export type Acquired =
  | { readonly kind: 'leased'; readonly lease: LeaseKeeper }
  /** Redis has something by now: it is to be looked at before the lease is asked for again. */
  | { readonly kind: 'found'; readonly look: Look }
  /** Another flight of this process holds it, and nothing has been invalidated since it began. */
  | { readonly kind: 'join'; readonly flight: Flight }
  /** Something that concerns it was invalidated before the method has begun: to begin anew costs nothing. */
  | { readonly kind: 'overtaken' }
  /** The method must be run without it; the result goes no further than this process. */
  | { readonly kind: 'unleased'; readonly why: 'redis-unavailable' | 'cold' }
  /** A refresh that somebody else is doing already. */
  | { readonly kind: 'needless' }

const UNANSWERED: Acquired = { kind: 'unleased', why: 'redis-unavailable' }

/**
 * Asks Redis for the lease of a key: of all that want to load it in all processes one does, and the
 * others wait for what it stores.
 */
export class LeaseSeeker {
  readonly #context: EntryContext
  readonly #reader: SharedReader

  constructor(context: EntryContext, reader: SharedReader) {
    this.#context = context
    this.#reader = reader
  }

  /**
   * Asks for the lease until it is had, or needless, or has been waited for long enough.
   *
   * @param look what Redis had; undefined when it was not asked
   */
  async seek(
    shared: SharedStore,
    flight: Flight,
    call: Call,
    look: Look | undefined,
  ): Promise<Acquired> {
    const { parts, policy } = this.#context
    if (look !== undefined && isHopeless(look)) return { kind: 'unleased', why: 'cold' }
    const seen = look?.found === undefined ? look?.seen : look.found.shared?.stamp
    let holder: string | undefined
    let pause = POLL.first
    for (;;) {
      if (!this.#context.stands(flight)) return { kind: 'overtaken' }
      const token = newLoadToken()
      const reply = await this.#ask(shared, flight, token, seen)
      if (reply === undefined) return UNANSWERED
      if (reply.outcome === 'granted') return this.#granted(shared, flight, token, reply.capture)
      if (flight.mode === 'force') return this.#seize(shared, flight)
      if (reply.outcome === 'found') {
        const { entry, capture } = reply
        const judged = await this.#reader.judge(flight, flight.id, entry, capture.tokens)
        return { kind: 'found', look: judged }
      }
      if (flight.mode === 'refresh') return { kind: 'needless' }
      const own = parts.flights.holding(reply.holder)
      if (own !== undefined && own !== flight) {
        return this.#joinOwn(flight, own, reply) ?? this.#seize(shared, flight)
      }
      const isOther = holder !== undefined && holder !== reply.holder
      const isLate = parts.clock.now() - flight.begunAt > policy.hardTimeout
      if (isOther || isLate || reply.holder.startsWith(PUT_TOKEN))
        return { kind: 'unleased', why: 'cold' }
      holder = reply.holder
      call.onWaiting?.()
      await sleep(parts.clock, pause * (0.75 + 0.5 * parts.random()), true)
      pause = Math.min(pause * POLL.growth, POLL.longest)
    }
  }

  async #ask(
    shared: SharedStore,
    flight: Flight,
    token: string,
    seen: string | undefined,
  ): Promise<AcquireReply | undefined> {
    this.#context.asks(flight)
    try {
      return await shared.acquire(this.#request(flight, token, seen))
    } catch {
      return undefined
    }
  }

  /** A flight of this process that may not be joined holds the lease: it cannot store, so it is taken. */
  async #seize(shared: SharedStore, flight: Flight): Promise<Acquired> {
    const token = newLoadToken()
    try {
      const capture = await shared.seize(this.#request(flight, token, undefined))
      return this.#granted(shared, flight, token, capture)
    } catch {
      return UNANSWERED
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

  #granted(shared: SharedStore, flight: Flight, token: string, capture: Capture): Acquired {
    const { parts, policy } = this.#context
    flight.lease = { token, capture, shared }
    flight.fence.isLeased = true
    parts.flights.leased(flight, token)
    const address = { hash: flight.id, field: policy.version }
    return { kind: 'leased', lease: new LeaseKeeper(parts, address, flight.lease) }
  }

  /**
   * The lease still stands, so its key was not evicted since it was taken, anywhere; the same tokens
   * and tag clock say that nothing else was. So the flight that holds it may be joined, without
   * relying on the log. What this process invalidates counts as well: Redis may not have confirmed it.
   */
  #joinOwn(
    flight: Flight,
    own: Flight,
    reply: Extract<AcquireReply, { outcome: 'held' }>,
  ): Acquired | undefined {
    const captured = own.lease?.capture
    const isCurrent =
      this.#context.stands(own) &&
      captured !== undefined &&
      captured.clock === reply.capture.clock &&
      captured.tokens.every((token, index) => token === reply.capture.tokens[index])
    if (!isCurrent || !this.#context.parts.flights.join(flight, own)) return undefined
    return { kind: 'join', flight: own }
  }
}

/** Whether a lease would be of no use: it could not be had, or what is there must not be replaced. */
function isHopeless(look: Look): boolean {
  return look.found === undefined && (look.isForeign || look.reason === 'redis-unavailable')
}
