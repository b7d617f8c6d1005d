import { CacheDeclarationError } from '../errors.js'

/** In which form a method returns its items. */
export type ItemsShape = 'list' | 'map' | 'record'

/** The shares in one call of the method. */
interface Round {
  readonly ids: Set<unknown>
  /** Told when the method begins; undefined for a share that is part of no load. */
  readonly begins: ((() => void) | undefined)[]
  /** Resolves when it is known of every item whether it takes part. */
  readonly decided: Promise<void>
  readonly decide: () => void
  /** The item of each id. undefined until the call is due. */
  items: Promise<(id: unknown) => unknown> | undefined
}

export interface ItemBatchOptions {
  readonly label: string
  readonly shape: ItemsShape
  readonly idOf: ((item: unknown) => unknown) | undefined
  readonly run: (ids: unknown[]) => PromiseLike<unknown>
  /** Runs a call when the entry's `concurrency` lets it; rejects when too many wait already. */
  readonly limited: (call: () => Promise<unknown>) => Promise<unknown>
  /** How many items the call asks for, duplicates included. */
  readonly size: number
}

/** One place in the list of a call. */
export interface ItemShare {
  /** It is known what becomes of it: answered, waiting for somebody else, or to be loaded. */
  readonly decide: () => void
  /**
   * The item's share in the next call of the method; `begins` is told when that begins. Without
   * `begins` it passes by the cache, and by what bounds its loads.
   */
  readonly loadBeside: (begins: (() => void) | undefined) => Promise<unknown>
}

/**
 * Gathers the items of one call that have to be loaded, until it is decided for every item whether
 * it is one of them, and then loads them in one call. An item that waits for what somebody else
 * loads is decided, so two lists that overlap never wait for each other; and none holds a slot of the
 * entry's `concurrency` before, since the one call takes one for all of them.
 */
export class ItemBatch {
  readonly #options: ItemBatchOptions
  #undecided: number
  #round = newRound()

  constructor(options: ItemBatchOptions) {
    this.#options = options
    this.#undecided = options.size
  }

  share(id: unknown): ItemShare {
    let isDecided = false
    const decide = (): void => {
      if (!isDecided) this.#undecided--
      isDecided = true
      if (this.#undecided === 0) this.#round.decide()
    }
    const loadBeside = async (begins: (() => void) | undefined): Promise<unknown> => {
      const round = this.#round
      round.ids.add(id)
      round.begins.push(begins)
      decide()
      await round.decided
      // A load makes the call, if there is one: a call of its own key is recognised by its flight.
      if (begins === undefined) await Promise.resolve()
      round.items ??= this.#call(round)
      return (await round.items)(id)
    }
    return { decide, loadBeside }
  }

  /** The items in the form, and as far as it has one in the order, that the method itself gives. */
  assemble(ids: readonly unknown[], items: readonly unknown[]): unknown {
    const { shape, idOf } = this.#options
    if (shape === 'list' && idOf === undefined) return [...items]
    const found = ids
      .map((id, index): [unknown, unknown] => [id, items[index]])
      .filter(([, item]) => item !== undefined)
    // The single-item method may say so of what is missing, and a list by `idOf` has no place for it.
    if (shape === 'list') return found.flatMap(([, item]) => (item === null ? [] : [item]))
    if (shape === 'map') return new Map(found)
    return Object.fromEntries(found.map(([id, item]) => [String(id), item]))
  }

  /** One call for all, those included who come while it waits for its slot. */
  async #call(round: Round): Promise<(id: unknown) => unknown> {
    const { limited, run } = this.#options
    let ids: unknown[] = []
    const call = async (): Promise<unknown> => {
      this.#leave(round)
      ids = [...round.ids]
      for (const begins of round.begins) begins?.()
      return run(ids)
    }
    try {
      const isLoad = round.begins.some((begins) => begins !== undefined)
      return this.#itemsOf(await (isLoad ? limited(call) : call()), ids)
    } finally {
      this.#leave(round)
    }
  }

  /** Whoever comes from now on takes part in another call. */
  #leave(round: Round): void {
    if (this.#round === round) this.#round = newRound()
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

function newRound(): Round {
  let decide = (): void => undefined
  const decided = new Promise<void>((resolve) => {
    decide = resolve
  })
  return { ids: new Set(), begins: [], decided, decide, items: undefined }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
