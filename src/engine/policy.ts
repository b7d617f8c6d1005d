/** How fresh a read must be. */
export type Consistency =
  /** Other processes' memory tiers follow an invalidation within the bound (250 ms; 2 s when a link dies silently). */
  | 'bounded'
  /** Every read is validated in Redis, in one round trip. */
  | 'strict'

/** What a caller may do to a result without another caller seeing it. */
export type Isolation =
  /** Plain JSON is frozen and shared; anything else is copied for every caller. */
  | 'freeze'
  /** Every caller gets a copy of its own, to do with as it likes. */
  | 'copy'
  /** One object for all. Whoever changes it changes it for everybody. */
  | 'share'

/**
 * Everything the engine needs to know about one entry (one cached method, or one programmatic
 * entry): resolved once, every field present, every time in milliseconds.
 */
export interface EntryPolicy {
  /** `Class.method` or the entry's own name: what warnings and errors say. */
  readonly label: string
  readonly namespace: string
  readonly version: string
  readonly entry: string

  /** How long a result is fresh. The function form gets the result and the arguments. */
  readonly ttl: number | ((result: unknown, args: readonly unknown[]) => number)
  /** How long `null` and `undefined` are fresh: 0 does not store them, undefined treats them as any result. */
  readonly negativeTtl: number | undefined
  /** Up to this fraction of the ttl is taken off at random, so that entries do not expire together. 0 to 1. */
  readonly jitter: number
  /** For how long after its ttl a result is still served while it is loaded anew in the background. */
  readonly staleWhileRevalidate: number
  /** For how long after its ttl a result is served when the method fails. */
  readonly staleIfError: number
  /** At which fraction of the ttl a read starts a background refresh; 0 is never. */
  readonly refreshAhead: number

  /** After this long a caller gets the stale result, if there is one, while the load goes on. Infinity is never. */
  readonly softTimeout: number
  /** After this long the load is given up: its slot is freed and its late result dropped. */
  readonly hardTimeout: number
  /** How many loads of this entry run at once in this process; Infinity is no limit. */
  readonly concurrency: number
  /** How many more may wait for a slot before calls are refused. */
  readonly queue: number
  /** After a failed load a key is not loaded again for this long; it doubles with each failure, up to 30 s. 0 is off. */
  readonly errorBackoff: number

  readonly useMemory: boolean
  readonly useRedis: boolean
  readonly consistency: Consistency
  readonly isolation: Isolation

  /** Larger results are returned and not stored. Bytes. */
  readonly maxValueBytes: number
  /** Payloads of at least this many bytes are compressed in Redis; Infinity is never. */
  readonly compressAbove: number

  /** The tags of a result; undefined when the entry has none. */
  readonly tags: ((result: unknown, args: readonly unknown[]) => readonly string[]) | undefined
  /** Results for which it says true are returned and not stored. */
  readonly unless: ((result: unknown, args: readonly unknown[]) => boolean) | undefined
}
