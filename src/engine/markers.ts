import { LRUCache } from 'lru-cache'

/**
 * Represents a set of entries that are invalidated together: a namespace, all keys of an entry, a
 * scope, or a tag. A load or read that began before `changedAt` is no longer valid.
 */
export interface Marker {
  readonly name: string
  /** Position of the marker's last invalidation, in the order of invalidations of this process. */
  changedAt: number
  /** The marker's token in Redis, if it is remembered. */
  token: string | undefined
  /** The position at which the read that returned `token` began. */
  tokenAt: number
}

/**
 * This process's view of all markers, and its order of invalidations: a counter that only grows.
 * Loads and reads capture `position` first; their result is valid as long as none of its markers
 * has changed since. An order within the process needs no clock and costs one comparison.
 */
export class Markers {
  /** The marker of every entry. It changes when this process may have missed invalidations. */
  readonly everything: Marker = newMarker('*', 0)
  /** Position of the last invalidation of any tag, for loads whose tags are not known yet. */
  tagsChangedAt = 0
  #position = 0
  /** Latest change of any forgotten marker. New markers start with it: each may be that one. */
  #forgotten = 0
  /**
   * Markers of namespaces and entries. The program declares them, so their number needs no limit.
   */
  readonly #declared = new Map<string, Marker>()
  /** Markers of tags and scopes. They depend on the data, so their number is limited. */
  readonly #remembered: LRUCache<string, Marker>

  constructor(capacity: number) {
    this.#remembered = new LRUCache({
      // `maxSize` with a size of 1 each: `max` would allocate room for all markers at once.
      maxSize: capacity,
      sizeCalculation: () => 1,
      dispose: (marker) => {
        this.#forgotten = Math.max(this.#forgotten, marker.changedAt)
        // Entries that hold the forgotten marker would not see its next change, so they become
        // invalid.
        marker.changedAt = Number.POSITIVE_INFINITY
      },
    })
  }

  get position(): number {
    return this.#position
  }

  /** Returns the marker of a namespace or an entry, which is never forgotten. */
  declared(name: string): Marker {
    let marker = this.#declared.get(name)
    if (marker === undefined) {
      marker = newMarker(name, 0)
      this.#declared.set(name, marker)
    }
    return marker
  }

  /** Returns the marker with this name, declared or not. Creates it if it is not remembered. */
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
   * Remembers a token that was read in Redis, unless the marker has changed since the read began:
   * the token may then be outdated.
   *
   * @param position the position in the order of invalidations when the read began
   */
  remember(marker: Marker, token: string | undefined, position: number): void {
    if (marker.changedAt > position || this.everything.changedAt > position) return
    marker.token = token
    marker.tokenAt = position
  }

  /** Returns the marker's token in Redis if it is remembered and nothing has changed since. */
  tokenOf(marker: Marker): string | undefined {
    return marker.tokenAt >= this.everything.changedAt ? marker.token : undefined
  }

  /** Whether nothing that concerns an entry with these markers has changed since `position`. */
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
