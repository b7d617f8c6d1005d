/**
 * Guards one running operation on a key (a read, load or put): says whether its result may still be
 * stored. A broken fence stays broken.
 */
export interface Fence {
  /** The name of the key in Redis; without Redis, the key itself. */
  readonly id: string
  /** Whether the key has not been invalidated since the fence was opened. */
  intact: boolean
  /** Whether the operation holds a lease in Redis, or has held one. */
  isLeased: boolean
  /** Whether the result of another load of the same key was served since the fence was opened. */
  isOutdated: boolean
  /** When the operation last asked Redis: a position in the sequence that `Fences` counts. */
  askedAt: number
  /**
   * Kept when the fence closes or breaks: the `servedEnding` of its key, if that store was served
   * after the operation last asked Redis.
   */
  servedEnding: string | undefined
}

/** The open fences of one key, and which store of it in Redis was served last. */
interface Crowd {
  readonly fences: Set<Fence>
  /** The last bytes of that store, which distinguish it from any other. */
  servedEnding: string | undefined
  servedAt: number
}

/**
 * The fences of all running operations that may still store a value. An invalidation breaks the
 * fences of its key: an operation behind a broken fence still answers its callers, but stores
 * nothing.
 */
export class Fences {
  readonly #crowds = new Map<string, Crowd>()
  /**
   * Counts the stores that were served, which puts requests to Redis and served stores in order.
   */
  #sequence = 0

  open(id: string): Fence {
    const fence = {
      id,
      intact: true,
      isLeased: false,
      isOutdated: false,
      askedAt: this.#sequence,
      servedEnding: undefined,
    }
    this.#crowdOf(id).fences.add(fence)
    return fence
  }

  close(fence: Fence): void {
    const crowd = this.#crowds.get(fence.id)
    if (crowd === undefined || !crowd.fences.delete(fence)) return
    fence.servedEnding = servedSince(fence, crowd)
    if (crowd.fences.size === 0) this.#crowds.delete(fence.id)
  }

  /**
   * Notes that the operation asks Redis again. Its answer cannot be older than any store served
   * before.
   */
  asks(fence: Fence): void {
    fence.askedAt = this.#sequence
    fence.servedEnding = undefined
  }

  /**
   * Whether an answer of Redis may be served, or stand in for a failing method. When two answers
   * differ, they do not show which is older, unless one was requested after the other had been
   * served. So an answer that differs from a store served since its request is refused.
   *
   * @param stamp of the store that was found; undefined for a value that was loaded in this process
   */
  agrees(fence: Fence, stamp: string | undefined): boolean {
    const crowd = this.#crowds.get(fence.id)
    const isOpen = crowd?.fences.has(fence) === true
    const ending = isOpen ? servedSince(fence, crowd) : fence.servedEnding
    return ending === undefined || stamp?.endsWith(ending) === true
  }

  /**
   * Notes that the current store of a key is served, because Redis answered with it or has just
   * stored it. Answers to requests sent earlier must then agree with it.
   *
   * @param ending the last bytes of the store
   */
  storeServed({ id }: Fence, ending: string | undefined): void {
    const crowd = this.#crowds.get(id)
    if (crowd === undefined) return
    crowd.servedEnding = ending
    crowd.servedAt = ++this.#sequence
  }

  /**
   * Notes that the value loaded behind `fence` is served. The other operations on the key may have
   * read older data, and callers must not go back to that: nobody joins them from now on, and their
   * stale values are not served.
   */
  loadServed(fence: Fence): void {
    const crowd = this.#crowds.get(fence.id)
    if (crowd === undefined) return
    for (const other of crowd.fences) if (other !== fence) other.isOutdated = true
  }

  /** Breaks the fences of the key with this name, because it was invalidated. */
  break(id: string): void {
    const crowd = this.#crowds.get(id)
    if (crowd === undefined) return
    for (const fence of crowd.fences) {
      fence.intact = false
      fence.servedEnding = servedSince(fence, crowd)
    }
    this.#crowds.delete(id)
  }

  /** Breaks the fences of all operations that hold or have held a lease, whatever their keys. */
  breakLeased(): void {
    for (const { fences } of this.#crowds.values()) {
      for (const fence of fences) if (fence.isLeased) fence.intact = false
    }
  }

  /** Number of keys that have an open fence; 0 in an idle program. */
  get size(): number {
    return this.#crowds.size
  }

  #crowdOf(id: string): Crowd {
    let crowd = this.#crowds.get(id)
    if (crowd === undefined) {
      crowd = { fences: new Set(), servedEnding: undefined, servedAt: 0 }
      this.#crowds.set(id, crowd)
    }
    return crowd
  }
}

/**
 * Returns the last bytes of the store that was served since `fence` last asked; undefined when
 * there is none.
 */
function servedSince(fence: Fence, crowd: Crowd): string | undefined {
  return crowd.servedAt > fence.askedAt ? crowd.servedEnding : fence.servedEnding
}
