import { CacheDeclarationError } from '../errors.js'

/** In which form a method returns its items. */
export type ItemsShape = 'list' | 'map' | 'record'

interface Waiting {
  readonly id: unknown
  readonly resolve: (item: unknown) => void
  readonly reject: (error: unknown) => void
}

export interface ItemBatchOptions {
  readonly label: string
  readonly shape: ItemsShape
  readonly idOf: ((item: unknown) => unknown) | undefined
  readonly run: (ids: unknown[]) => PromiseLike<unknown>
  /** How many items the call asks for, duplicates included. */
  readonly size: number
}

/** One place in the list of a call. */
export interface ItemShare {
  /** It is known what becomes of it: answered, waiting for somebody else, or to be loaded. */
  readonly decide: () => void
  /** The item's share in the next call of the method. */
  readonly load: () => Promise<unknown>
}

/**
 * Gathers the items of one call that have to be loaded, until it is decided for every item whether
 * it is one of them, and then loads them in one call. An item that waits for what somebody else
 * loads is decided, so two lists that overlap never wait for each other.
 */
export class ItemBatch {
  readonly #options: ItemBatchOptions
  #undecided: number
  #waiting: Waiting[] = []

  constructor(options: ItemBatchOptions) {
    this.#options = options
    this.#undecided = options.size
  }

  share(id: unknown): ItemShare {
    let isDecided = false
    const decide = (): void => {
      if (!isDecided) this.#undecided--
      isDecided = true
      if (this.#undecided === 0) this.#dispatchSoon()
    }
    const load = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        this.#waiting.push({ id, resolve, reject })
        decide()
      })
    return { decide, load }
  }

  /** The items in the form, and as far as it has one in the order, that the method itself gives. */
  assemble(ids: readonly unknown[], items: readonly unknown[]): unknown {
    const { shape, idOf } = this.#options
    if (shape === 'list' && idOf === undefined) return [...items]
    const found = ids
      .map((id, index): [unknown, unknown] => [id, items[index]])
      .filter(([, item]) => item !== undefined)
    if (shape === 'map') return new Map(found)
    if (shape === 'list') return found.map(([, item]) => item)
    return Object.fromEntries(found.map(([id, item]) => [String(id), item]))
  }

  #dispatchSoon(): void {
    queueMicrotask(() => {
      if (this.#waiting.length > 0) void this.#dispatch()
    })
  }

  /** One call for all that wait. Never rejects: each item is told what became of it. */
  async #dispatch(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    const ids = [...new Set(waiting.map(({ id }) => id))]
    try {
      const items = this.#itemsOf(await this.#options.run(ids), ids)
      for (const { id, resolve } of waiting) resolve(items(id))
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  /** By id where the result names the ids, by position where it does not. */
  #itemsOf(result: unknown, ids: readonly unknown[]): (id: unknown) => unknown {
    const { shape, idOf, label } = this.#options
    if (shape === 'map' && result instanceof Map) return (id) => result.get(id)
    if (shape === 'list' && Array.isArray(result)) {
      if (idOf === undefined) return (id) => result[ids.indexOf(id)]
      const present = result.filter((item) => item !== null && item !== undefined)
      const byId = new Map(present.map((item) => [idOf(item), item]))
      return (id) => byId.get(id)
    }
    if (shape === 'record' && isRecord(result)) {
      return (id) => (Object.hasOwn(result, String(id)) ? result[String(id)] : undefined)
    }
    throw new CacheDeclarationError(
      `${label}: expected @CachedMany to get a ${shape}, as its option \`returns\` says`,
    )
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
