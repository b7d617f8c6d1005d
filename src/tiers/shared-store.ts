/**
 * The tier that all processes share, as the engine uses it. One logical key is one Redis hash: per
 * code version it has a field with the sealed entry, and next to it the lease of the load in
 * flight. So an evict is one DEL that covers every version, every stored entry and every load in
 * flight.
 *
 * A method rejects with `RedisUnavailableError` when the tier did not answer in time, and with
 * `RedisReplyError` when it answered with an error. After either, the operation may or may not have
 * happened, or may still happen: callers rely on tokens, never on order. `invalidate` reports
 * unconfirmed targets instead, and `replicasOf` never rejects.
 */
export interface SharedStore {
  /**
   * Reads an entry and its markers in one round trip; writes nothing. Reads of one tick share a
   * round trip.
   */
  read(request: ReadRequest): Promise<ReadReply>
  /** Reads the current tokens of tag markers; undefined where a marker is missing. */
  readTags(markers: readonly string[]): Promise<(string | undefined)[]>
  /**
   * Returns the entry if one is stored by now; otherwise grants the lease, or says that another
   * load holds it.
   */
  acquire(request: AcquireRequest): Promise<AcquireReply>
  /** Takes the lease from any holder, whose load can then no longer be stored. */
  seize(request: SeizeRequest): Promise<Capture>
  /** Renews a lease. Resolves with false when the token no longer holds it. */
  renew(address: Address, token: string, leaseFor: number): Promise<boolean>
  /** Releases a lease if the token still holds it. */
  release(address: Address, token: string): Promise<void>
  /**
   * Returns the tokens of the tags of a loaded result, and creates missing ones; undefined when one
   * of the tags was invalidated since `clock` was captured, or that is unknown.
   */
  stampTags(
    clock: string,
    markers: readonly string[],
    markersLiveFor: number,
  ): Promise<string[] | undefined>
  /** Stores an entry if the token still holds the lease. Resolves with whether it did. */
  store(request: StoreRequest): Promise<boolean>
  /**
   * Ends a put: stores the entry if the token still holds the lease, otherwise removes the whole
   * key. Ends the lease in either case, and publishes the key to the log. Resolves with whether it
   * stored the entry.
   */
  finishPut(request: FinishPutRequest): Promise<boolean>
  /**
   * Returns how many replicas have all earlier writes to the master of `name`; waits for
   * `durability` replicas at most. 0 when none confirms in time. Never rejects.
   */
  replicasOf(name: string, durability: number): Promise<number>
  /**
   * Removes keys, renews markers, and then publishes both to the log. Reports the unconfirmed
   * targets individually.
   */
  invalidate(batch: InvalidationBatch): Promise<InvalidationReply>
  /**
   * Makes the stored entries of a logical key stale, under every code version, without removing
   * them. Ends the leases of its loads, and publishes the key to the log.
   */
  expire(hash: string, origin: string): Promise<void>
}

/** The location of an entry: a Redis hash per logical key, a field per code version. */
export interface Address {
  readonly hash: string
  readonly field: string
}

export interface ReadRequest extends Address {
  /** The markers whose tokens are read with the entry, in this order. */
  readonly markers: readonly string[]
  /**
   * The stamp of the caller's copy. If the stored entry still has this stamp, its bytes are not
   * sent.
   */
  readonly seen?: string | undefined
}

export interface ReadReply {
  readonly entry: SharedEntry | undefined
  /** The current tokens of `markers`; undefined where a marker is missing. */
  readonly tokens: readonly (string | undefined)[]
}

export interface SharedEntry {
  /**
   * Identifies this store of the entry: a store with different content, time or load has a
   * different stamp. Each character stands for one byte.
   */
  readonly stamp: string
  /** The sealed entry; undefined when it is the one the reader has seen. */
  readonly sealed: Buffer | undefined
  /** Milliseconds until it expires; positive. */
  readonly remaining: number
  /** Milliseconds until it is stale; zero or negative when it is already stale. */
  readonly fresh: number
}

/**
 * The state captured before a load began, which decides afterwards whether its result may be
 * stored.
 */
export interface Capture {
  /** The tokens of the requested markers; missing markers have been created. */
  readonly tokens: readonly string[]
  /** The tag clock; the empty string when it was not requested. */
  readonly clock: string
}

export interface SeizeRequest extends Address {
  readonly token: string
  readonly leaseFor: number
  readonly markers: readonly string[]
  /** Whether to capture the tag clock. */
  readonly withClock: boolean
  readonly markersLiveFor: number
}

export interface AcquireRequest extends SeizeRequest {
  /** The stamp of an entry that the caller has seen and cannot use or wants to replace. */
  readonly seen: string | undefined
}

export type AcquireReply =
  | { readonly outcome: 'granted'; readonly capture: Capture }
  /**
   * Another load or put holds the lease. `holder` is its token, `remaining` the milliseconds left.
   */
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
  /** Milliseconds until it expires; at least `freshFor`. */
  readonly keptFor: number
  /**
   * Whether to store the stamp in a field of its own, so that readers can check cheaply whether
   * their copy is still current.
   */
  readonly isStamped: boolean
}

export interface FinishPutRequest extends Omit<StoreRequest, 'sealed'> {
  /** undefined when there is nothing to store: the key is only evicted. */
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
  /** The process that invalidates; its own log reader skips the message. */
  readonly origin: string
  /** Number of replicas to wait for; 0 for none. */
  readonly durability: number
}

export interface InvalidationReply {
  /**
   * Names of the targets that were not confirmed, or whose message was not. Empty when everything
   * was.
   */
  readonly unconfirmed: readonly string[]
  /** Number of replicas that confirmed; 0 when none were requested. */
  readonly replicas: number
}

/** The log of invalidations, as one process reads it. */
export interface InvalidationLog {
  /**
   * Returns the current end of the log: position and tail, read atomically. Creates the tail if it
   * is missing.
   */
  attach(): Promise<LogPosition>
  /** Returns the token of the newest message; undefined when it was lost. */
  tail(): Promise<string | undefined>
  /**
   * Returns the messages after `id`, oldest first; waits up to `block` milliseconds for the first.
   */
  readAfter(id: string, block: number): Promise<LogMessage[]>
  /** Replaces a connection that no longer responds. */
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
  /**
   * The token of the previous message. A reader that last consumed a different one has missed
   * messages.
   */
  readonly previous: string
  readonly origin: string
  /** Redis names of what was invalidated; undefined when the message cannot be read. */
  readonly names: readonly string[] | undefined
}
