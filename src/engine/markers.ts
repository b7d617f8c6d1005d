import { LRUCache } from 'lru-cache'

/**
 * Stands for a set of entries that are invalidated together: a namespace, all keys of an entry, a
 * scope, a tag. What was begun before `changedAt` is no longer valid.
 */
export interface Marker {
  readonly name: string
  /** Position, in this process' order of invalidations, of the last one that hit this marker. */
  changedAt: number
  /** The token it has in Redis, as far as it is remembered. */
  token: string | undefined
  /** The position at which the read that brought `token` began. */
  tokenAt: number
}

/**
 * This process' view of all markers, and its order of invalidations: a counter that only grows.
 * Whoever loads or reads captures `position` first; the result is valid as long as no marker that
 * concerns it has changed since. In-process order needs no clock and costs one comparison.
 */
export class Markers {
  /** Concerns every entry: changed when this process cannot know what it missed. */
  readonly everything: Marker = newMarker('*', 0)
  /** When any tag was last invalidated: for loads whose tags are not known yet. */
  tagsChangedAt = 0
  #position = 0
  /** The newest change of any marker that was forgotten: a marker made anew may have had that one. */
  #forgotten = 0
  /** Namespaces and entries: as many as the program declares. */
  readonly #declared = new Map<string, Marker>()
  /** Tags and scopes: as many as the data has, so the number is bounded. */
  readonly #remembered: LRUCache<string, Marker>

  constructor(capacity: number) {
    this.#remembered = new LRUCache({
      // By size, of one each: `max` would allocate room for all of them at once.
      maxSize: capacity,
      sizeCalculation: () => 1,
      dispose: (marker) => {
        this.#forgotten = Math.max(this.#forgotten, marker.changedAt)
        // Entries that hold the forgotten marker would not hear of its next change.
        marker.changedAt = Number.POSITIVE_INFINITY
      },
    })
  }

  get position(): number {
    return this.#position
  }

  /** The marker of a namespace or of an entry; kept for good. */
  declared(name: string): Marker {
    let marker = this.#declared.get(name)
    if (marker === undefined) {
      marker = newMarker(name, 0)
      this.#declared.set(name, marker)
    }
    return marker
  }

  /** The marker of a tag or scope, or a declared one; made if it is not remembered. */
  find(name: string): Marker {
    const declared = this.#declared.get(name)
    if (declared !== undefined) return declared
    let marker = this.#remembered.get(name)
    if (marker === undefined) {
      marker = newMarker(name, this.#forgotten)
      this.#remembered.set(name, marker)
    }
    return marker
  }

  invalidate(name: string, isTag: boolean): void {
    const marker = this.find(name)
    marker.changedAt = ++this.#position
    marker.token = undefined
    if (isTag) this.tagsChangedAt = this.#position
  }

  invalidateEverything(): void {
    this.everything.changedAt = ++this.#position
  }

  /**
   * Remembers the token that a read brought, unless the marker has changed since the read began:
   * then the token may be the old one.
   *
   * @param position where the order of invalidations stood when the read began
   */
  remember(marker: Marker, token: string | undefined, position: number): void {
    if (marker.changedAt > position || this.everything.changedAt > position) return
    marker.token = token
    marker.tokenAt = position
  }

  /** The token in Redis, if it was remembered and nothing has changed since. */
  tokenOf(marker: Marker): string | undefined {
    return marker.tokenAt >= this.everything.changedAt ? marker.token : undefined
  }

  /** Whether nothing has changed since `position` that concerns an entry with these markers. */
  unchangedSince(position: number, markers: readonly Marker[]): boolean {
    if (this.#position === position) return true
    if (this.everything.changedAt > position) return false
    for (const marker of markers) if (marker.changedAt > position) return false
    return true
  }
}

function newMarker(name: string, changedAt: number): Marker {
  return { name, changedAt, token: undefined, tokenAt: -1 }
}
