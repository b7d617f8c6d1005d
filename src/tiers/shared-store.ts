/**
 * What the engine asks of the tier that all processes share. One logical key is one hash in Redis:
 * a field per code version with the sealed entry, and beside it the lease of whoever loads it. So an
 * evict is one DEL that reaches every version, every stored entry and every load in flight.
 *
 * Every method rejects with `RedisUnavailableError` when the tier gave no answer in time, and with
 * `RedisReplyError` when it answered with an error. After either the operation may or may not have
 * happened, or may still happen: callers rely on tokens, never on order.
 */
export interface SharedStore {
  /** Reads an entry and its markers in one round trip; writes nothing. Reads of one tick travel together. */
  read(request: ReadRequest): Promise<ReadReply>
  /** Reads the current tokens of tag markers; undefined where a marker is missing. */
  readTags(markers: readonly string[]): Promise<(string | undefined)[]>
  /** The entry if somebody stored one by now, else the lease, or word that somebody else holds it. */
  acquire(request: AcquireRequest): Promise<AcquireReply>
  /** Takes the lease whoever holds it, for a put: what was loaded before can no longer be stored. */
  seize(request: SeizeRequest): Promise<Capture>
  /** Prolongs a lease; false when it is no longer this holder's. */
  renew(address: Address, token: string, leaseFor: number): Promise<boolean>
  /** Gives a lease back, if it is still this holder's. */
  release(address: Address, token: string): Promise<void>
  /** Fixes the tags of a loaded result; undefined when one of them was invalidated since `clock` was captured. */
  stampTags(
    clock: string,
    markers: readonly string[],
    markersLiveFor: number,
  ): Promise<string[] | undefined>
  /** Stores an entry if the lease still stands; says whether it did. */
  store(request: StoreRequest): Promise<boolean>
  /**
   * Ends a put: stores the entry if the token still holds, else removes whatever is there; ends the
   * lease either way, and publishes the key. Says whether it stored.
   */
  finishPut(request: FinishPutRequest): Promise<boolean>
  /**
   * How many replicas have all that was written before to the master of `name`; at most `durability`
   * are waited for. 0 when nobody says so in time; never rejects.
   */
  replicasOf(name: string, durability: number): Promise<number>
  /** Removes keys, renews markers, and publishes both once they are done. Reports target by target. */
  invalidate(batch: InvalidationBatch): Promise<InvalidationReply>
  /**
   * Makes what is stored of a logical key stale now, under every code version, without removing it;
   * ends the leases of its loads, and publishes it.
   */
  expire(hash: string, origin: string): Promise<void>
}

/** Where an entry lives: a Redis hash per logical key, a field per code version. */
export interface Address {
  readonly hash: string
  readonly field: string
}

export interface ReadRequest extends Address {
  /** The markers whose tokens the caller wants with the entry, in this order. */
  readonly markers: readonly string[]
  /** The stamp of the copy the caller has: if it is still the one stored, its bytes are not sent. */
  readonly seen?: string | undefined
}

export interface ReadReply {
  readonly entry: SharedEntry | undefined
  /** The current tokens of `markers`; undefined where a marker is missing. */
  readonly tokens: readonly (string | undefined)[]
}

export interface SharedEntry {
  /**
   * Names this very store of the entry: what has another content, time or load has another stamp. Each
   * character stands for one byte.
   */
  readonly stamp: string
  /** The sealed entry; undefined when it is the one the reader has seen. */
  readonly sealed: Buffer | undefined
  /** Milliseconds until it is gone; above zero. */
  readonly remaining: number
  /** Milliseconds until it is stale; zero or less when it is. */
  readonly fresh: number
}

/** What a load must know from before it began, so that its result can be refused afterwards. */
export interface Capture {
  /** The tokens of the markers asked for; each exists from now on. */
  readonly tokens: readonly string[]
  /** The tag clock; the empty string when it was not asked for. */
  readonly clock: string
}

export interface SeizeRequest extends Address {
  readonly token: string
  readonly leaseFor: number
  readonly markers: readonly string[]
  /** Whether the tag clock is wanted. */
  readonly withClock: boolean
  readonly markersLiveFor: number
}

export interface AcquireRequest extends SeizeRequest {
  /** The stamp of an entry the caller saw and cannot use, or wants to replace. */
  readonly seen: string | undefined
}

export type AcquireReply =
  | { readonly outcome: 'granted'; readonly capture: Capture }
  /** Somebody else loads. `holder` is its token, `remaining` how long its lease still runs. */
  | {
      readonly outcome: 'held'
      readonly capture: Capture
      readonly holder: string
      readonly remaining: number
    }
  | { readonly outcome: 'found'; readonly capture: Capture; readonly entry: SharedEntry }

export interface StoreRequest extends Address {
  readonly token: string
  readonly sealed: Buffer
  /** Milliseconds until it is stale. */
  readonly freshFor: number
  /** Milliseconds until it is gone; at least `freshFor`. */
  readonly keptFor: number
  /** Whether readers will ask if it is still the one they have, which its stamp beside it makes cheap. */
  readonly isStamped: boolean
}

export interface FinishPutRequest extends Omit<StoreRequest, 'sealed'> {
  /** undefined: nothing to store, only evict. */
  readonly sealed: Buffer | undefined
  readonly origin: string
}

export interface InvalidationBatch {
  /** Hash names of logical keys. */
  readonly keys: readonly string[]
  /** Names of namespace, entry and scope markers. */
  readonly markers: readonly string[]
  /** Names of tag markers. */
  readonly tags: readonly string[]
  readonly markersLiveFor: number
  /** Who invalidates; its own log reader skips the message. */
  readonly origin: string
  /** Wait until so many replicas have it; 0 is none. */
  readonly durability: number
}

export interface InvalidationReply {
  /** Names of the targets that are not confirmed, or whose message is not. Empty: all is done. */
  readonly unconfirmed: readonly string[]
  /** How many replicas confirmed; 0 when nobody asked. */
  readonly replicas: number
}

/** The log of invalidations as one process reads it. */
export interface InvalidationLog {
  /** Where the log ends now: position and tail, read as one. Creates the tail if there is none. */
  attach(): Promise<LogPosition>
  /** The token of the newest message. undefined: it was lost. */
  tail(): Promise<string | undefined>
  /** Messages after `id`, oldest first; waits up to `block` milliseconds for the first. */
  readAfter(id: string, block: number): Promise<LogMessage[]>
  /** Drops the connection, because it is silent, and makes another. */
  reconnect(): void
  close(): void
}

export interface LogPosition {
  readonly id: string
  readonly tail: string
}

export interface LogMessage {
  readonly id: string
  readonly token: string
  /** The token of the message before it: a reader who consumed another one has missed something. */
  readonly previous: string
  readonly origin: string
  /** Redis names of what was invalidated; undefined when the message cannot be read. */
  readonly names: readonly string[] | undefined
}
