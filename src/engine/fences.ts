/**
 * Stands around one running read, load or put of a key, and says whether what that brings may still be
 * kept. Once broken it stays so.
 */
export interface Fence {
  /** The name of the key in Redis; without Redis the key itself. */
  readonly id: string
  /** Whether nothing has invalidated its key since it was put up. */
  intact: boolean
  /** Whether what runs behind it holds a lease in Redis, or had one. */
  isLeased: boolean
  /** Whether another load of the same key has been served since it was put up. */
  isOutdated: boolean
  /** When Redis was asked last by what runs behind it, in the order that `Fences` counts. */
  askedAt: number
  /** When it is no longer open: the `servedEnding` of its key, if that was served since it asked. */
  servedEnding: string | undefined
}

/** The open fences of one key, and what Redis has of it by the last answer that was served. */
interface Crowd {
  readonly fences: Set<Fence>
  /** The last bytes of that store, which tell it from any other. */
  servedEnding: string | undefined
  servedAt: number
}

/**
 * The fences of everything that runs and could still put a value somewhere. An invalidation breaks
 * those of its key: what runs behind a broken fence answers the callers it has and fills nothing.
 */
export class Fences {
  readonly #crowds = new Map<string, Crowd>()
  /** Counts the answers that were served, which gives questions and answers an order. */
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

  /** What runs behind it asks Redis once more: the answer is no older than any that was served before. */
  asks(fence: Fence): void {
    fence.askedAt = this.#sequence
    fence.servedEnding = undefined
  }

  /**
   * Whether what Redis has answered may be served, or stand in for a failing method. Two answers that
   * differ do not say which of them is the older one, unless one was asked for after the other had been
   * served.
   *
   * @param stamp of the store that was found; undefined when it was loaded here
   */
  agrees(fence: Fence, stamp: string | undefined): boolean {
    const crowd = this.#crowds.get(fence.id)
    const isOpen = crowd?.fences.has(fence) === true
    const ending = isOpen ? servedSince(fence, crowd) : fence.servedEnding
    return ending === undefined || stamp?.endsWith(ending) === true
  }

  /**
   * What Redis has of a key is served, because Redis has answered with it or has stored it: whatever
   * others are answered that have asked before must agree with it.
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
   * What was loaded behind `fence` is served now. Nobody joins the others of its key from now on, nor
   * falls back to what they had: it may have been loaded earlier, and callers must not go back to it.
   */
  loadServed(fence: Fence): void {
    const crowd = this.#crowds.get(fence.id)
    if (crowd === undefined) return
    for (const other of crowd.fences) if (other !== fence) other.isOutdated = true
  }

  /** The key with this name was invalidated. */
  break(id: string): void {
    const crowd = this.#crowds.get(id)
    if (crowd === undefined) return
    for (const fence of crowd.fences) {
      fence.intact = false
      fence.servedEnding = servedSince(fence, crowd)
    }
    this.#crowds.delete(id)
  }

  /** Breaks the fences of all that holds a lease, whatever its key. */
  breakLeased(): void {
    for (const { fences } of this.#crowds.values()) {
      for (const fence of fences) if (fence.isLeased) fence.intact = false
    }
  }

  /** How many keys have a fence that is open; a program at rest has none. */
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

/** With what bytes the store ends that was served since `fence` asked; undefined when none was. */
function servedSince(fence: Fence, crowd: Crowd): string | undefined {
  return crowd.servedAt > fence.askedAt ? crowd.servedEnding : fence.servedEnding
}
