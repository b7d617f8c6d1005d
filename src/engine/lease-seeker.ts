import { sleep } from '../clock.js'
import type { AcquireReply, AcquireRequest, Capture, SharedStore } from '../tiers/shared-store.js'
import type { EntryContext } from './entry-context.js'
import type { Call } from './call.js'
import type { Flight } from './flight.js'
import { isTokenOf, LeaseKeeper, newLoadToken, PUT_TOKEN } from './lease-keeper.js'
import type { Look, SharedReader } from './shared-reader.js'

/** Milliseconds between two checks of a key that another process loads, growing up to `longest`. */
const POLL = { first: 5, growth: 1.5, longest: 100 }

/** The outcome of asking for the lease. */
export type Acquired =
  | { readonly kind: 'leased'; readonly lease: LeaseKeeper }
  /** Redis now has an entry. Examine it before asking for the lease again. */
  | { readonly kind: 'found'; readonly look: Look }
  /** Another flight of this process holds the lease and is still valid, so it can be joined. */
  | { readonly kind: 'join'; readonly flight: Flight }
  /** The flight was invalidated before its method was called, so restarting it costs nothing. */
  | { readonly kind: 'overtaken' }
  /** The method must run without the lease. Its result stays in this process. */
  | { readonly kind: 'unleased'; readonly why: 'redis-unavailable' | 'cold' }
  /** The flight is a refresh, and somebody else is already loading the key. */
  | { readonly kind: 'needless' }

/** Another process holds the lease under the token `holder`. */
interface HeldElsewhere {
  readonly kind: 'held'
  readonly holder: string
}

const UNANSWERED: Acquired = { kind: 'unleased', why: 'redis-unavailable' }
const NOT_TO_BE_HAD: Acquired = { kind: 'unleased', why: 'cold' }

/**
 * Asks Redis for the lease of a key. Of all processes that want to load the key, only the holder of
 * the lease loads it; the others wait for the entry that it stores.
 */
export class LeaseSeeker {
  readonly #context: EntryContext
  readonly #reader: SharedReader
  /** The tokens of requests that are under way. */
  readonly #asked = new Set<string>()

  constructor(context: EntryContext, reader: SharedReader) {
    this.#context = context
    this.#reader = reader
  }

  /**
   * Asks for the lease until it is granted, is no longer needed, or is not worth waiting for any
   * more.
   *
   * @param look the result of the previous read in Redis; undefined when Redis was not read
   */
  async seek(
    shared: SharedStore,
    flight: Flight,
    call: Call,
    look: Look | undefined,
  ): Promise<Acquired> {
    if (look !== undefined && isHopeless(look)) return NOT_TO_BE_HAD
    const seen = look && stampOf(look)
    let holder: string | undefined
    let pause = POLL.first
    for (;;) {
      const acquired = await this.#tryOnce(shared, flight, seen)
      if (acquired.kind !== 'held') return acquired
      if (!this.#isWorthWaiting(flight, acquired.holder, holder)) return NOT_TO_BE_HAD
      holder = acquired.holder
      call.onWaiting?.()
      await this.#sleep(pause)
      pause = Math.min(pause * POLL.growth, POLL.longest)
    }
  }

  /**
   * @param seen the stamp of the entry that the flight knows: only a different one counts as found
   */
  async #tryOnce(
    shared: SharedStore,
    flight: Flight,
    seen: string | undefined,
  ): Promise<Acquired | HeldElsewhere> {
    if (!this.#context.stands(flight)) return { kind: 'overtaken' }
    const token = newLoadToken(this.#context.parts.origin)
    const reply = await this.#ask(shared, flight, token, seen)
    if (reply === undefined) return UNANSWERED
    if (reply.outcome === 'granted') return this.#granted(shared, flight, token, reply.capture)
    // A forced load replaces whatever is stored and takes the lease from any holder.
    if (flight.mode === 'force') return this.#seize(shared, flight)
    if (reply.outcome === 'found') {
      const { entry, capture } = reply
      const look = await this.#reader.judge(flight, flight.id, entry, capture.tokens)
      return { kind: 'found', look }
    }
    const own = this.#context.parts.flights.holding(reply.holder)
    if (own === undefined && this.#isAbandoned(reply.holder)) return this.#seize(shared, flight)
    if (flight.mode === 'refresh') return { kind: 'needless' }
    if (own === undefined || own === flight) return { kind: 'held', holder: reply.holder }
    // Colliding keys share one place in Redis and one lease, but not their values.
    if (own.key !== flight.key) return NOT_TO_BE_HAD
    const mayJoin = this.#isCurrent(own, reply.capture)
    // A flight that cannot be joined cannot store its result either, so its lease can be taken.
    return mayJoin && this.#context.parts.flights.join(flight, own)
      ? { kind: 'join', flight: own }
      : this.#seize(shared, flight)
  }

  /**
   * Whether to keep waiting for the holder of the lease. Returns false when a put holds the lease,
   * which loads nothing; when the lease has passed to another holder; and after the hard timeout.
   */
  #isWorthWaiting(flight: Flight, holder: string, before: string | undefined): boolean {
    const { parts, policy } = this.#context
    const isOther = before !== undefined && before !== holder
    const isLate = parts.clock.now() - flight.begunAt > policy.hardTimeout
    return !isOther && !isLate && !holder.startsWith(PUT_TOKEN)
  }

  /**
   * Whether a lease that no flight here has was nevertheless granted to this process: the answer that
   * granted it was lost, or the request that gave it back. Nobody loads under it.
   */
  #isAbandoned(holder: string): boolean {
    return isTokenOf(this.#context.parts.origin, holder) && !this.#asked.has(holder)
  }

  #sleep(pause: number): Promise<void> {
    const { clock, random } = this.#context.parts
    return sleep(clock, pause * (0.75 + 0.5 * random()), true)
  }

  async #ask(
    shared: SharedStore,
    flight: Flight,
    token: string,
    seen: string | undefined,
  ): Promise<AcquireReply | undefined> {
    this.#context.ask(flight)
    this.#asked.add(token)
    try {
      return await shared.acquire(this.#request(flight, token, seen))
    } catch {
      return undefined
    } finally {
      this.#asked.delete(token)
    }
  }

  /** Takes the lease from its current holder, which can then no longer store anything. */
  async #seize(shared: SharedStore, flight: Flight): Promise<Acquired> {
    const token = newLoadToken(this.#context.parts.origin)
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
    return {
      kind: 'leased',
      lease: new LeaseKeeper(parts, address, flight.lease, policy.hardTimeout),
    }
  }

  /**
   * Whether a flight of this process that holds the lease may be joined. As the lease still exists,
   * no process has evicted the key since the lease was granted. Unchanged tokens and an unchanged
   * tag clock prove, without relying on the log, that nothing else was invalidated. `stands` adds
   * the invalidations of this process, which Redis may not have confirmed yet.
   */
  #isCurrent(own: Flight, { clock, tokens }: Capture): boolean {
    const captured = own.lease?.capture
    return (
      this.#context.stands(own) &&
      captured !== undefined &&
      captured.clock === clock &&
      captured.tokens.every((token, index) => token === tokens[index])
    )
  }
}

/** Whether a lease would be useless: Redis does not answer, or its entry must not be replaced. */
function isHopeless(look: Look): boolean {
  return look.kind === 'unanswered' || (look.kind === 'unusable' && look.isForeign)
}

/** Returns the stamp of the entry that was found in Redis and cannot be served as it is, if any. */
function stampOf(look: Look): string | undefined {
  if (look.kind === 'found') return look.entry.shared?.stamp
  return look.kind === 'unusable' ? look.stamp : undefined
}
