import type { SharedLoad } from '../engine/call.js'
import { CacheDeclarationError } from '../errors.js'

/** The form in which a method returns its items. */
export type ItemsShape = 'list' | 'map' | 'record'

/** The items that are loaded in one call of the method. */
interface Round {
  readonly ids: Set<unknown>
  /** Those of its items that are loaded for the cache; the others bypass it. */
  readonly loads: SharedLoad[]
  /** Resolves once every item of the list has either joined a round or needs none. */
  readonly decided: Promise<void>
  readonly decide: () => void
  /** The load that makes the call, if there is one. */
  leader: SharedLoad | undefined
  /** Returns the item of an id; undefined until the call is due. */
  items: Promise<(id: unknown) => unknown> | undefined
}

/** The method, the form of its result and the limits of an `ItemBatch`. */
export interface ItemBatchOptions {
  readonly label: string
  readonly shape: ItemsShape
  readonly idOf: ((item: unknown) => unknown) | undefined
  /** The value that the load of an omitted item resolves with. */
  readonly leftOut: unknown
  readonly run: (ids: unknown[]) => PromiseLike<unknown>
  /** Runs a call once the entry's `concurrency` allows; rejects when its queue is full. */
  readonly limited: (call: () => Promise<unknown>) => Promise<unknown>
  /** Number of items that the call asks for, duplicates included. */
  readonly size: number
}

/** One position in the list of a call. */
export interface ItemShare {
  /** Marks the item as decided: it is answered, waits for another load, or has joined a round. */
  readonly decide: () => void
  /**
   * Loads the item as part of the next call of the method, and tells `load` when that starts. An item
   * without `load` bypasses the cache and the limits on its loads.
   */
  readonly loadBeside: (load: SharedLoad | undefined) => Promise<unknown>
}

/**
 * Collects the items of one call that have to be loaded, and loads them in one call of the method
 * once every item is decided. An item that waits for a load elsewhere counts as decided, so
 * overlapping lists never wait for each other. No item takes a slot of the entry's `concurrency` by
 * itself: the one call takes one slot for all of them.
 */
export class ItemBatch {
  readonly #options: ItemBatchOptions
  #undecided: number
  /** The ids for which the method itself returned null in this call. */
  readonly #nulls = new Set<unknown>()
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
    const loadBeside = async (load: SharedLoad | undefined): Promise<unknown> => {
      const round = this.#round
      round.ids.add(id)
      if (load !== undefined) round.loads.push(load)
      decide()
      await round.decided
      // Let an item that is loaded for the cache start the call, if there is one: the engine
      // recognises nested calls for the key by that load's flight.
      if (load === undefined) await Promise.resolve()
      round.leader ??= load
      if (round.leader !== undefined) load?.follow(round.leader)
      round.items ??= this.#call(round)
      const itemOf = await round.items
      return this.#resultFor(id, itemOf(id))
    }
    return { decide, loadBeside }
  }

  /**
   * Assembles the result in the form that the method returns, and in the order of the ids where it
   * has one.
   */
  assemble(ids: readonly unknown[], items: readonly unknown[]): unknown {
    const { shape } = this.#options
    if (this.#isByPosition) return [...items]
    // A null from the entry means a missing item, which the type of this method may not allow.
    const found = ids
      .map((id, index): [unknown, unknown] => [id, items[index]])
      .filter(([id, item]) => item !== undefined && (item !== null || this.#nulls.has(id)))
    if (shape === 'list') return found.map(([, item]) => item)
    if (shape === 'map') return new Map(found)
    return Object.fromEntries(found.map(([id, item]) => [String(id), item]))
  }

  get #isByPosition(): boolean {
    return this.#options.shape === 'list' && this.#options.idOf === undefined
  }

  #resultFor(id: unknown, item: unknown): unknown {
    if (this.#isByPosition) return item
    if (item === null) this.#nulls.add(id)
    return item === undefined ? this.#options.leftOut : item
  }

  /**
   * Calls the method for all items of the round, including those that join while the call waits for
   * its slot.
   */
  async #call(round: Round): Promise<(id: unknown) => unknown> {
    const { limited, run } = this.#options
    let ids: unknown[] = []
    const call = async (): Promise<unknown> => {
      this.#leave(round)
      ids = [...round.ids]
      for (const load of round.loads) load.begin()
      return run(ids)
    }
    try {
      const { leader } = round
      // Before a slot is asked for: whoever waits for one of the items waits for this call.
      if (leader !== undefined) for (const load of round.loads) load.follow(leader)
      return this.#itemsOf(await (leader === undefined ? call() : limited(call)), ids)
    } finally {
      this.#leave(round)
    }
  }

  /** Closes the round: further items join the next one. */
  #leave(round: Round): void {
    if (this.#round === round) this.#round = newRound()
  }

  /**
   * Returns a look-up of the items by id, or by position where the result does not name the ids.
   */
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
      `${label}: @CachedMany expected a ${shape}, as its option \`returns\` says`,
    )
  }

  /**
   * Refuses a list of another length: with missing items left out, ids would get one another's
   * items.
   */
  #byPosition(items: readonly unknown[], ids: readonly unknown[]): (id: unknown) => unknown {
    if (items.length !== ids.length) {
      throw new CacheDeclarationError(
        `${this.#options.label}: @CachedMany expected one item for each of ${ids.length} ids, ` +
          `got ${items.length}. Where items may be missing, return the id of an item in \`idOf\``,
      )
    }
    const byPosition = new Map(ids.map((id, index) => [id, items[index]]))
    return (id) => byPosition.get(id)
  }

  /** Refuses items of unknown ids while others are missing: the types of the ids do not match. */
  #byId(items: ReadonlyMap<unknown, unknown>, ids: readonly unknown[]): (id: unknown) => unknown {
    const asked = new Set(ids)
    const isMissing = ids.some((id) => !items.has(id))
    if (isMissing && [...items.keys()].some((id) => !asked.has(id))) {
      throw new CacheDeclarationError(
        `${this.#options.label}: @CachedMany got an item with an id that it did not ask for. ` +
          'Ids are compared without conversion: a number never equals a string',
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
  return { ids: new Set(), loads: [], decided, decide, leader: undefined, items: undefined }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
