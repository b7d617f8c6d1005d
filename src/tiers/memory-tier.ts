import { LRUCache } from 'lru-cache'

import type { MemoryEntry } from '../engine/memory-entry.js'

/** What memory holds of one cached method, and how often it had to let something of it go. */
export interface MemoryTally {
  memoryItems: number
  memoryBytes: number
  capacityEvictions: number
}

export interface MemoryTierOptions {
  /** How many entries at most. */
  readonly maxItems: number
  /** How many bytes their keys and values may take together, as estimated. */
  readonly maxBytes: number
  /** Whether entries are also looked up by their name in the invalidation log. */
  readonly indexed: boolean
  /** Called when an entry had to go because there was no room. */
  readonly onCapacity: (key: string) => void
  /** Where an entry is counted; undefined for one that nobody counts. */
  readonly tallyOf: (entry: MemoryEntry) => MemoryTally | undefined
}

/** What the bookkeeping of one entry takes beyond key and value, roughly. Bytes. */
const OVERHEAD = 200

/**
 * The values of this process, bounded by number and by bytes. Expiry is not decided here: an entry
 * says itself until when it holds, so that stale ones are still at hand when the method fails.
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
      // By size alone: `max` would allocate room for all entries there may ever be, at once.
      maxSize: options.maxBytes,
      dispose: (entry, key, reason) => {
        entry.shortcuts?.drop(key)
        if (reason !== 'set') this.#keys?.delete(entry.id)
        if (reason === 'evict') options.onCapacity(key)
        this.#count(entry, -1, reason === 'evict')
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
    // Two keys may share a name in Redis. Only one of them is kept, else an eviction would miss the other.
    const namesake = this.#keys?.get(entry.id)
    if (namesake !== undefined && namesake !== key) this.#entries.delete(namesake)
    this.#insertions++
    const isNew = this.#entries.peek(key) !== entry
    this.#entries.set(key, entry, { size: sizeOf(entry) })
    if (!this.#entries.has(key)) {
      // It was too large, and what stood in its place went too, by a way that `dispose` calls `set`.
      this.#keys?.delete(entry.id)
      return
    }
    this.#keys?.set(entry.id, key)
    if (isNew) this.#count(entry, 1, false)
    // The oldest goes, and is disposed of as one for which there was no room.
    if (this.#entries.size > this.maxItems) this.#entries.pop()
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
