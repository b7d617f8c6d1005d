/** Stands around one running read, load or put. Once broken it stays so. */
export interface Fence {
  readonly id: string
  intact: boolean
  /** Whether what runs behind it holds a lease in Redis, or had one. */
  isLeased: boolean
}

/**
 * The fences of everything that runs and could still put a value somewhere. An invalidation breaks
 * those of its key: what runs behind a broken fence answers the callers it has and fills nothing.
 */
export class Fences {
  readonly #open = new Map<string, Set<Fence>>()

  open(id: string): Fence {
    const fence: Fence = { id, intact: true, isLeased: false }
    const others = this.#open.get(id)
    if (others === undefined) this.#open.set(id, new Set([fence]))
    else others.add(fence)
    return fence
  }

  close(fence: Fence): void {
    const others = this.#open.get(fence.id)
    if (others?.delete(fence) === true && others.size === 0) this.#open.delete(fence.id)
  }

  break(id: string): void {
    const fences = this.#open.get(id)
    if (fences === undefined) return
    for (const fence of fences) fence.intact = false
    this.#open.delete(id)
  }

  /** Breaks those of everything that holds a lease. */
  breakLeased(): void {
    for (const fences of this.#open.values()) {
      for (const fence of fences) if (fence.isLeased) fence.intact = false
    }
  }

  /** How many fences are open; a program at rest has none. */
  get size(): number {
    let size = 0
    for (const fences of this.#open.values()) size += fences.size
    return size
  }
}
