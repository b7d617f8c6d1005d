/** Stands around one running read, load or put. Once broken it stays so. */
export interface Fence {
  readonly id: string
  intact: boolean
  /** Whether what runs behind it holds a lease in Redis, or had one. */
  isLeased: boolean
  /** Whether what was loaded behind another one of its key has been served since it was put up. */
  isOutdated: boolean
  /** When Redis was asked last by what runs behind it. */
  askedAt: number
  /** With what bytes the store in Redis ends that others of its key were answered with since. */
  answered: string | undefined
}

/** Several fences of one key, and what Redis answered last to any of them. */
interface Crowd {
  readonly fences: Set<Fence>
  /** With what bytes that store ends, and when it was served. */
  ending: string | undefined
  answeredAt: number
}

/**
 * The fences of everything that runs and could still put a value somewhere. An invalidation breaks
 * those of its key: what runs behind a broken fence answers the callers it has and fills nothing.
 */
export class Fences {
  /** One of a key, which is what most have, stands for itself. */
  readonly #open = new Map<string, Fence | Crowd>()
  /** The order of questions to Redis, and of answers. */
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
    const others = this.#open.get(id)
    if (others === undefined) this.#open.set(id, fence)
    else if (isCrowd(others)) others.fences.add(fence)
    else this.#open.set(id, { fences: new Set([others, fence]), ending: undefined, answeredAt: 0 })
    return fence
  }

  close(fence: Fence): void {
    const { id } = fence
    const open = this.#open.get(id)
    if (open === fence) this.#open.delete(id)
    if (open === undefined || !isCrowd(open) || !open.fences.delete(fence)) return
    leave(open, fence)
    if (open.fences.size === 0) this.#open.delete(id)
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
    const open = this.#open.get(fence.id)
    const isOpen = open !== undefined && isCrowd(open) && open.fences.has(fence)
    const answered = isOpen && open.answeredAt > fence.askedAt ? open.ending : fence.answered
    return answered === undefined || stamp?.endsWith(answered) === true
  }

  /**
   * What Redis has is served, be it that it has answered so or that it has stored so: whatever it has
   * answered to others must agree with it.
   *
   * @param ending the last bytes of the store
   */
  answer(fence: Fence, ending: string | undefined): void {
    const open = this.#open.get(fence.id)
    if (open === undefined || open === fence) return
    if (isCrowd(open)) {
      open.ending = ending
      open.answeredAt = ++this.#sequence
    } else open.answered = ending
  }

  /**
   * What was loaded behind `fence` is served now. Nobody joins the others, nor falls back to what they
   * had: it may have been loaded before, which would be a way back.
   */
  serve(fence: Fence): void {
    const open = this.#open.get(fence.id)
    if (open === undefined || open === fence) return
    for (const other of each(open)) if (other !== fence) other.isOutdated = true
  }

  break(id: string): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    for (const fence of each(open)) {
      fence.intact = false
      if (isCrowd(open)) leave(open, fence)
    }
    this.#open.delete(id)
  }

  /** Breaks those of everything that holds a lease. */
  breakLeased(): void {
    for (const open of this.#open.values()) {
      for (const fence of each(open)) if (fence.isLeased) fence.intact = false
    }
  }

  /** How many keys have a fence that is open; a program at rest has none. */
  get size(): number {
    return this.#open.size
  }
}

function isCrowd(open: Fence | Crowd): open is Crowd {
  return 'fences' in open
}

/** What Redis has answered to others still counts. */
function leave(crowd: Crowd, fence: Fence): void {
  if (crowd.answeredAt > fence.askedAt) fence.answered = crowd.ending
}

function each(open: Fence | Crowd): Iterable<Fence> {
  return isCrowd(open) ? open.fences : [open]
}
