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

/** Another process holds the lease, under this token. */
interface HeldElsewhere {
  readonly kind: 'held'
  readonly holder: string
}

const UNANSWERED: Acquired = { kind: 'unleased', why: 'redis-unavailable' }
const NOT_TO_BE_HAD: Acquired = { kind: 'unleased', why: 'cold' }

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

  /** @param seen the stamp of what the flight knows to be in Redis: only another store counts as found */
  async #tryOnce(
    shared: SharedStore,
    flight: Flight,
    seen: string | undefined,
  ): Promise<Acquired | HeldElsewhere> {
    if (!this.#context.stands(flight)) return { kind: 'overtaken' }
    const token = newLoadToken()
    const reply = await this.#ask(shared, flight, token, seen)
    if (reply === undefined) return UNANSWERED
    if (reply.outcome === 'granted') return this.#granted(shared, flight, token, reply.capture)
    // Whatever is stored, and whoever loads: it was asked for by name.
    if (flight.mode === 'force') return this.#seize(shared, flight)
    if (reply.outcome === 'found') {
      const { entry, capture } = reply
      const look = await this.#reader.judge(flight, flight.id, entry, capture.tokens)
      return { kind: 'found', look }
    }
    if (flight.mode === 'refresh') return { kind: 'needless' }
    const own = this.#context.parts.flights.holding(reply.holder)
    if (own === undefined || own === flight) return { kind: 'held', holder: reply.holder }
    // Keys that collide have one place in Redis, and so one lease: what the other loads is not for this one.
    if (own.key !== flight.key) return NOT_TO_BE_HAD
    const mayJoin = this.#isCurrent(own, reply.capture)
    // A flight that cannot be joined cannot store either, so the lease is taken from it.
    return mayJoin && this.#context.parts.flights.join(flight, own)
      ? { kind: 'join', flight: own }
      : this.#seize(shared, flight)
  }

  /**
   * Not for a put, whose lease stands for no load; nor once the lease has gone from one holder to
   * another, or longer than a load may take.
   */
  #isWorthWaiting(flight: Flight, holder: string, before: string | undefined): boolean {
    const { parts, policy } = this.#context
    const isOther = before !== undefined && before !== holder
    const isLate = parts.clock.now() - flight.begunAt > policy.hardTimeout
    return !isOther && !isLate && !holder.startsWith(PUT_TOKEN)
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
    try {
      return await shared.acquire(this.#request(flight, token, seen))
    } catch {
      return undefined
    }
  }

  /** Takes the lease from whoever holds it, who can then store nothing. */
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
    return {
      kind: 'leased',
      lease: new LeaseKeeper(parts, address, flight.lease, policy.hardTimeout),
    }
  }

  /**
   * Whether another flight of this process may be joined that holds the lease. The lease still stands,
   * so its key was not evicted since it was taken, anywhere; the same tokens and tag clock say that
   * nothing else was invalidated, without relying on the log. What this process invalidates counts as
   * well: Redis may not have confirmed it.
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

/** Whether a lease would be of no use: it could not be had, or what is there must not be replaced. */
function isHopeless(look: Look): boolean {
  return look.kind === 'unanswered' || (look.kind === 'unusable' && look.isForeign)
}

/** The stamp of what was found in Redis and will not do. */
function stampOf(look: Look): string | undefined {
  if (look.kind === 'found') return look.entry.shared?.stamp
  return look.kind === 'unusable' ? look.stamp : undefined
}
