import { CacheDeclarationError } from '../errors.js'

/** In which form a method returns its items. */
export type ItemsShape = 'list' | 'map' | 'record'

interface Waiting {
  readonly id: unknown
  readonly begins: () => void
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
  /** The item's share in the next call of the method; `begins` is told when that begins. */
  readonly loadBeside: (begins: () => void) => Promise<unknown>
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
    const loadBeside = (begins: () => void): Promise<unknown> =>
      new Promise((resolve, reject) => {
        this.#waiting.push({ id, begins, resolve, reject })
        decide()
      })
    return { decide, loadBeside }
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
    for (const { begins } of waiting) begins()
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
    if (shape === 'map' && result instanceof Map) return this.#byId(result, ids)
    if (shape === 'list' && Array.isArray(result)) {
      if (idOf === undefined) return this.#byPosition(result, ids)
      const present = result.filter((item) => item !== null && item !== undefined)
      return this.#byId(new Map(present.map((item) => [idOf(item), item])), ids)
    }
    if (shape === 'record' && isRecord(result)) {
      return (id) => (Object.hasOwn(result, String(id)) ? result[String(id)] : undefined)
    }
    throw new CacheDeclarationError(
      `${label}: expected @CachedMany to get a ${shape}, as its option \`returns\` says`,
    )
  }

  /** A list that leaves out what is missing would give each id the item of another one. */
  #byPosition(items: readonly unknown[], ids: readonly unknown[]): (id: unknown) => unknown {
    if (items.length !== ids.length) {
      throw new CacheDeclarationError(
        `${this.#options.label}: expected @CachedMany to get one item for each of ${ids.length} ids, ` +
          `got ${items.length}. Where some may be missing, say by \`idOf\` which item is whose`,
      )
    }
    const byPosition = new Map(ids.map((id, index) => [id, items[index]]))
    return (id) => byPosition.get(id)
  }

  /** Items of ids that nobody asked for, while others are missing: the ids are not of one kind. */
  #byId(items: ReadonlyMap<unknown, unknown>, ids: readonly unknown[]): (id: unknown) => unknown {
    const asked = new Set(ids)
    const isMissing = ids.some((id) => !items.has(id))
    if (isMissing && [...items.keys()].some((id) => !asked.has(id))) {
      throw new CacheDeclarationError(
        `${this.#options.label}: @CachedMany got an item whose id is none of those that it asked for. ` +
          'Ids are compared as they are: a number is no text, and an object only itself',
      )
    }
    return (id) => items.get(id)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
