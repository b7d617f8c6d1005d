import { LRUCache } from 'lru-cache'

import type { MemoryEntry } from '../engine/memory-entry.js'

/**
 * What memory holds of one cached method, and how many of its entries were evicted for lack of
 * room.
 */
export interface MemoryTally {
  memoryItems: number
  memoryBytes: number
  capacityEvictions: number
}

export interface MemoryTierOptions {
  /** Maximum number of entries. */
  readonly maxItems: number
  /** Maximum estimated size of all keys and values, in bytes. */
  readonly maxBytes: number
  /** Whether entries can also be looked up by their name in the invalidation log. */
  readonly indexed: boolean
  /** Called when an entry is evicted for lack of room. */
  readonly onCapacity: (key: string) => void
  /** Returns the tally that counts an entry; undefined for an entry that is not counted. */
  readonly tallyOf: (entry: MemoryEntry) => MemoryTally | undefined
}

/** Approximate bookkeeping size of one entry besides its key and value, in bytes. */
const OVERHEAD = 200

/**
 * The values in the memory of this process, bounded by number and by bytes. The tier does not
 * decide expiry: each entry says how long it is fresh, and stale entries stay available for when
 * the method fails.
 */
export class MemoryTier {
  readonly maxItems: number
  readonly #entries: LRUCache<string, MemoryEntry>
  readonly #keys: Map<string, string> | undefined
  readonly #tallyOf: (entry: MemoryEntry) => MemoryTally | undefined
  #insertions = 0

  constructor(options: MemoryTierOptions) {
    this.#tallyOf = options.tallyOf
    this.#keys = options.indexed ? new Map() : undefined
    this.maxItems = options.maxItems
    this.#entries = new LRUCache({
      // Bounded by size only: `max` would immediately allocate room for the maximum number of
      // entries.
      maxSize: options.maxBytes,
      dispose: (entry, key, reason) => {
        entry.shortcuts?.drop(key)
        if (reason !== 'set') this.#keys?.delete(entry.id)
        if (reason === 'evict') options.onCapacity(key)
        this.#count(entry, -1, reason === 'evict')
      },
    })
  }

  /** Returns an entry and marks it as most recently used. */
  get(key: string): MemoryEntry | undefined {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.usedAt = this.#insertions
    return entry
  }

  /**
   * Notes a hit that was found by a shortcut. Entries are evicted only on insertion, so an entry
   * needs to be marked as recently used once between two insertions, however often it is hit.
   */
  use(entry: MemoryEntry): void {
    if (entry.usedAt !== this.#insertions) this.get(entry.key)
  }

  /** Stores `entry`, unless it alone is larger than the whole tier. */
  set(entry: MemoryEntry): void {
    const { key } = entry
    // Two keys may share a name in Redis. Only one of them is kept, because an eviction by name
    // would miss the other.
    const namesake = this.#keys?.get(entry.id)
    if (namesake !== undefined && namesake !== key) this.#entries.delete(namesake)
    this.#insertions++
    const isNew = this.#entries.peek(key) !== entry
    this.#entries.set(key, entry, { size: sizeOf(entry) })
    if (!this.#entries.has(key)) {
      // The entry was too large. The LRU cache has also removed the one it would have replaced, and
      // has called `dispose` with the reason `set`, which leaves the name in the index.
      this.#keys?.delete(entry.id)
      return
    }
    this.#keys?.set(entry.id, key)
    if (isNew) this.#count(entry, 1, false)
    // Removes the least recently used entry, which `dispose` counts as evicted for lack of room.
    if (this.#entries.size > this.maxItems) this.#entries.pop()
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  /**
   * Removes the entry with this name in the invalidation log. Returns its key; undefined when there
   * is none.
   */
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

  get maxBytes(): number {
    return this.#entries.maxSize
  }

  #count(entry: MemoryEntry, items: 1 | -1, isCapacity: boolean): void {
    const tally = this.#tallyOf(entry)
    if (tally === undefined) return
    tally.memoryItems += items
    tally.memoryBytes += items * sizeOf(entry)
    if (isCapacity) tally.capacityEvictions++
  }
}

function sizeOf({ key, bytes }: MemoryEntry): number {
  return OVERHEAD + 2 * key.length + bytes
}
