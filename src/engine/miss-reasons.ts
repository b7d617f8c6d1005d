import { LRUCache } from 'lru-cache'

/** Why a read was not answered from the cache. */
export type MissReason =
  /** Nothing is known of the key: never loaded, or long ago. */
  | 'cold'
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
  /** The last load failed or its result could not be stored. */
  | 'not-stored'
  | 'load-failed'

/** Remembers, for the keys that missed last, why. For people, so it is bounded and best effort. */
export class MissReasons {
  readonly #reasons: LRUCache<string, MissReason>

  constructor(capacity: number) {
    this.#reasons = new LRUCache({ maxSize: capacity, sizeCalculation: () => 1 })
  }

  note(key: string, reason: MissReason): void {
    this.#reasons.set(key, reason)
  }

  of(key: string): MissReason | undefined {
    return this.#reasons.get(key)
  }
}
