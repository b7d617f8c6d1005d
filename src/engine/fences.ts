/** Stands around one running read, load or put. Once broken it stays so. */
export interface Fence {
  readonly id: string
  intact: boolean
  /** Whether what runs behind it holds a lease in Redis, or had one. */
  isLeased: boolean
  /** Whether what was loaded behind another one of its key has been served since it was put up. */
  isOutdated: boolean
}

/**
 * The fences of everything that runs and could still put a value somewhere. An invalidation breaks
 * those of its key: what runs behind a broken fence answers the callers it has and fills nothing.
 */
export class Fences {
  /** One of a key, which is what most have, stands for itself. */
  readonly #open = new Map<string, Fence | Set<Fence>>()

  open(id: string): Fence {
    const fence = { id, intact: true, isLeased: false, isOutdated: false }
    const others = this.#open.get(id)
    if (others === undefined) this.#open.set(id, fence)
    else if (others instanceof Set) others.add(fence)
    else this.#open.set(id, new Set([others, fence]))
    return fence
  }

  close(fence: Fence): void {
    const { id } = fence
    const open = this.#open.get(id)
    if (open === fence) this.#open.delete(id)
    else if (open instanceof Set && open.delete(fence) && open.size === 0) this.#open.delete(id)
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
    for (const fence of each(open)) fence.intact = false
    this.#open.delete(id)
  }

  /** Breaks those of everything that holds a lease. */
  breakLeased(): void {
    for (const open of this.#open.values()) {
      for (const fence of each(open)) if (fence.isLeased) fence.intact = false
    }
  }

  /** How many fences are open; a program at rest has none. */
  get size(): number {
    let size = 0
    for (const open of this.#open.values()) size += open instanceof Set ? open.size : 1
    return size
  }
}

function each(open: Fence | Set<Fence>): Iterable<Fence> {
  return open instanceof Set ? open : [open]
}
