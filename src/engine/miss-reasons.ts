/** Why a read was not answered from the cache. */
export type MissReason =
  /** The key was never loaded, or that was long ago. */
  | 'cold'
  /** The entry was past its ttl. */
  | 'expired'
  /** Memory had no room for the entry. */
  | 'capacity'
  /** The key itself was evicted or put. */
  | 'evicted'
  | 'namespace-cleared'
  | 'entry-cleared'
  | 'scope-cleared'
  | 'tag-invalidated'
  /** The invalidation log was interrupted, so memory could not be trusted. */
  | 'log-interrupted'
  /** The entry in Redis is damaged, or has another format or identity. */
  | 'unreadable'
  /** An invalidation of the key has not been confirmed by Redis yet. */
  | 'quarantined'
  | 'redis-unavailable'
  /** The last result was not stored, or Redis may not have the value that was served last. */
  | 'not-stored'
  /** The last load failed. */
  | 'load-failed'

/**
 * Remembers why the most recently missed keys missed. The reasons are for people, so the memory is
 * bounded and best effort: it has two generations, and the older one is dropped as a whole when the
 * newer one is full. Every miss writes here, so an exact order would cost more than it is worth.
 */
export class MissReasons {
  readonly #capacity: number
  #newer = new Map<string, MissReason>()
  #older = new Map<string, MissReason>()

  /** @param capacity most keys remembered; the last `capacity / 2` always are */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Remembers the reason of a miss, replacing the previous one. */
  note(key: string, reason: MissReason): void {
    if (this.#newer.size >= this.#capacity / 2) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(key, reason)
  }

  /** Returns the reason of the last miss of a key, if it is remembered. */
  of(key: string): MissReason | undefined {
    return this.#newer.get(key) ?? this.#older.get(key)
  }
}
