/** Why a read was not answered from the cache. */
export type MissReason =
  /** Nothing is known of the key: never loaded, or long ago. */
  | 'cold'
  /** It was past its ttl. */
  | 'expired'
  /** There was no room in memory. */
  | 'capacity'
  /** The key itself was evicted or put. */
  | 'evicted'
  | 'namespace-cleared'
  | 'entry-cleared'
  | 'scope-cleared'
  | 'tag-invalidated'
  /** The invalidation log was interrupted, so memory could not be trusted. */
  | 'log-interrupted'
  /** Redis had it, but damaged, or of another format or identity. */
  | 'unreadable'
  /** An invalidation of it waits to be confirmed by Redis. */
  | 'quarantined'
  | 'redis-unavailable'
  /** The last result was not stored, or it is not known whether Redis has what was served last. */
  | 'not-stored'
  /** The last load failed. */
  | 'load-failed'

/**
 * Remembers, for the keys that missed last, why. For people, so it is bounded and best effort: in two
 * generations, of which the older one is forgotten as a whole when the newer one is full. Every miss
 * writes here, and to keep an exact order would cost more than the answer is worth.
 */
export class MissReasons {
  readonly #capacity: number
  #newer = new Map<string, MissReason>()
  #older = new Map<string, MissReason>()

  /** @param capacity how many keys at most; at least half of them are the last ones */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Remembers the reason of a miss, in place of the one before. */
  note(key: string, reason: MissReason): void {
    if (this.#newer.size >= this.#capacity / 2) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(key, reason)
  }

  /** The reason of the last miss of a key, as far as it is remembered. */
  of(key: string): MissReason | undefined {
    return this.#newer.get(key) ?? this.#older.get(key)
  }
}
