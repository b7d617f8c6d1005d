/** How fresh a read must be. */
export type Consistency =
  /**
   * Other processes' memory follows an invalidation within the bound (250 ms; 2 s when a link dies
   * silently).
   */
  | 'bounded'
  /** Every read is validated in Redis, in one round trip. */
  | 'strict'

/** What a caller may do to a result without affecting other callers. */
export type Isolation =
  /** Plain JSON is frozen and shared; any other value is copied for every caller. */
  | 'freeze'
  /** Every caller gets its own copy, which it may change. */
  | 'copy'
  /** All callers get the same object. A change by one caller is visible to all. */
  | 'share'

/**
 * Everything the engine needs to know about one entry (one cached method, or one programmatic
 * entry). Resolved once: every field is present, and every time is in milliseconds.
 */
export interface EntryPolicy {
  /** `Class.method` or the entry's own name, as shown in warnings and errors. */
  readonly label: string
  readonly namespace: string
  readonly version: string
  readonly entry: string

  /** How long a result is fresh. The function form gets the result and the arguments. */
  readonly ttl: number | ((result: unknown, args: readonly unknown[]) => number)
  /**
   * How long `null` and `undefined` are fresh. 0 does not store them; undefined treats them like
   * any other result.
   */
  readonly negativeTtl: number | undefined
  /**
   * Largest fraction of the ttl that is subtracted at random, so that entries do not expire
   * together. 0 to 1.
   */
  readonly jitter: number
  /** How long after its ttl a result is still served while a background refresh loads it again. */
  readonly staleWhileRevalidate: number
  /** How long after its ttl a result is served when the method fails. */
  readonly staleIfError: number
  /** Fraction of the ttl after which a read starts a background refresh; 0 means never. */
  readonly refreshAhead: number

  /**
   * How long a caller waits before it gets the stale result, if there is one, while the load
   * continues. Infinity means forever.
   */
  readonly softTimeout: number
  /** How long a load may run. After that its slot is freed and its late result is dropped. */
  readonly hardTimeout: number
  /** Most loads of this entry that run at once in this process; Infinity means no limit. */
  readonly concurrency: number
  /** Most loads that wait for a slot before calls are rejected. */
  readonly queue: number
  /**
   * Pause after a failed load before the key is loaded again. It doubles with each failure, up to
   * 30 s. 0 means no pause.
   */
  readonly errorBackoff: number

  readonly useMemory: boolean
  readonly useRedis: boolean
  readonly consistency: Consistency
  readonly isolation: Isolation

  /** Larger results are returned but not stored. Bytes. */
  readonly maxValueBytes: number
  /** Payloads of at least this many bytes are compressed in Redis; Infinity means never. */
  readonly compressAbove: number

  /** Returns the tags of a result; undefined when the entry has none. */
  readonly tags: ((result: unknown, args: readonly unknown[]) => readonly string[]) | undefined
  /** Results for which this returns true are returned but not stored. */
  readonly unless: ((result: unknown, args: readonly unknown[]) => boolean) | undefined
}
