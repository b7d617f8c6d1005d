import { LRUCache } from 'lru-cache'

import type { MemoryEntry } from '../engine/memory-entry.js'

export interface MemoryTierOptions {
  /** How many entries at most. */
  readonly maxItems: number
  /** How many bytes their keys and values may take together, as estimated. */
  readonly maxBytes: number
  /** Whether entries are also looked up by their name in the invalidation log. */
  readonly indexed: boolean
  /** Called when an entry had to go because there was no room. */
  readonly onCapacity: (key: string) => void
}

/** What the bookkeeping of one entry takes beyond key and value, roughly. Bytes. */
const OVERHEAD = 200

/**
 * The values of this process, bounded by number and by bytes. Expiry is not decided here: an entry
 * says itself until when it holds, so that stale ones are still at hand when the method fails.
 */
export class MemoryTier {
  readonly #entries: LRUCache<string, MemoryEntry>
  readonly #keys: Map<string, string> | undefined
  #insertions = 0

  constructor(options: MemoryTierOptions) {
    this.#keys = options.indexed ? new Map() : undefined
    this.#entries = new LRUCache({
      max: options.maxItems,
      maxSize: options.maxBytes,
      dispose: (entry, key, reason) => {
        entry.shortcuts?.delete(entry.shortcut)
        if (reason !== 'set') this.#keys?.delete(entry.id)
        if (reason === 'evict') options.onCapacity(key)
      },
    })
  }

  /** Looks an entry up and moves it to the front. */
  get(key: string): MemoryEntry | undefined {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.usedAt = this.#insertions
    return entry
  }

  /**
   * Notes a hit that came by a shortcut. Who leaves is only decided when somebody comes, so an entry
   * needs to be moved to the front once between two insertions, however often it is hit.
   */
  use(entry: MemoryEntry): void {
    if (entry.usedAt !== this.#insertions) this.get(entry.key)
  }

  /** Keeps `entry`, unless it alone is larger than the whole tier. */
  set(entry: MemoryEntry): void {
    const { key } = entry
    this.#insertions++
    this.#entries.set(key, entry, { size: OVERHEAD + 2 * key.length + entry.stored.bytes })
    if (this.#entries.has(key)) this.#keys?.set(entry.id, key)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  /** Removes the entry that goes by this name in the invalidation log; says under which key it was. */
  deleteId(id: string): string | undefined {
    const key = this.#keys === undefined ? id : this.#keys.get(id)
    return key !== undefined && this.#entries.delete(key) ? key : undefined
  }

  clear(): void {
    this.#entries.clear()
    this.#keys?.clear()
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return this.#entries.calculatedSize
  }
}
