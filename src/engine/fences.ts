/** Stands around one running read, load or put. Once broken it stays so. */
export interface Fence {
  readonly id: string
  intact: boolean
  /** Whether what runs behind it holds a lease in Redis, or had one. */
  isLeased: boolean
  /** Whether another load of the same key has been served since it was put up. */
  isOutdated: boolean
  /** When Redis was asked last by what runs behind it, in the order that `Fences` counts. */
  askedAt: number
  /** Set when it leaves the crowd: the answer that others of its key had been given since it asked. */
  answered: string | undefined
}

/** The open fences of one key, and which answer of Redis any of them has served last. */
interface Crowd {
  readonly fences: Set<Fence>
  /** The last bytes of the store that Redis answered with, which tell it from any other. */
  ending: string | undefined
  answeredAt: number
}

/**
 * The fences of everything that runs and could still put a value somewhere. An invalidation breaks
 * those of its key: what runs behind a broken fence answers the callers it has and fills nothing.
 */
export class Fences {
  readonly #crowds = new Map<string, Crowd>()
  /** Counts questions to Redis and answers, so that they have an order. */
  #sequence = 0

  open(id: string): Fence {
    const fence = {
      id,
      intact: true,
      isLeased: false,
      isOutdated: false,
      askedAt: this.#sequence,
      answered: undefined,
    }
    this.#crowdOf(id).fences.add(fence)
    return fence
  }

  close(fence: Fence): void {
    const crowd = this.#crowds.get(fence.id)
    if (crowd === undefined || !crowd.fences.delete(fence)) return
    fence.answered = answeredSince(fence, crowd)
    if (crowd.fences.size === 0) this.#crowds.delete(fence.id)
  }

  /** What runs behind it asks Redis once more: the answer is no older than any that was served before. */
  asks(fence: Fence): void {
    fence.askedAt = this.#sequence
    fence.answered = undefined
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
    const answered =
      crowd?.fences.has(fence) === true ? answeredSince(fence, crowd) : fence.answered
    return answered === undefined || stamp?.endsWith(answered) === true
  }

  /**
   * What Redis has is served, be it that it has answered so or that it has stored so: whatever it has
   * answered to others must agree with it.
   *
   * @param ending the last bytes of the store
   */
  answer(fence: Fence, ending: string | undefined): void {
    const crowd = this.#crowds.get(fence.id)
    if (crowd === undefined) return
    crowd.ending = ending
    crowd.answeredAt = ++this.#sequence
  }

  /**
   * What was loaded behind `fence` is served now. Nobody joins the others, nor falls back to what they
   * had: it may have been loaded before, which would be a way back.
   */
  serve(fence: Fence): void {
    const crowd = this.#crowds.get(fence.id)
    if (crowd === undefined) return
    for (const other of crowd.fences) if (other !== fence) other.isOutdated = true
  }

  break(id: string): void {
    const crowd = this.#crowds.get(id)
    if (crowd === undefined) return
    for (const fence of crowd.fences) {
      fence.intact = false
      fence.answered = answeredSince(fence, crowd)
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
      crowd = { fences: new Set(), ending: undefined, answeredAt: 0 }
      this.#crowds.set(id, crowd)
    }
    return crowd
  }
}

/** What of Redis has been served to others since this one asked: what it is answered must be the same. */
function answeredSince(fence: Fence, crowd: Crowd): string | undefined {
  return crowd.answeredAt > fence.askedAt ? crowd.ending : fence.answered
}
