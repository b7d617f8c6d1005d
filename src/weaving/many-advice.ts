import type { Load } from '../engine/call.js'
import type { CachedEntry } from '../engine/cached-entry.js'
import { NOT_STORED } from '../engine/not-stored.js'
import type { CachedManyOptions, MissingItems } from '../options/cached-many-options.js'
import type { Key } from '../options/entry-options.js'
import type { EntryPlan } from './class-plan.js'
import { ItemBatch, type ItemShare } from './item-batch.js'
import { evaluateBoolean, type Place, placeOf } from './key-of.js'
import type { Reports } from './reports.js'

/**
 * Serves a `@CachedMany` method. Each id is an ordinary call of the single-item entry; the items
 * that must be loaded share one call of the method. So an item has one key, flight, fence and
 * lease, whether it is requested alone or in a list.
 */
export function lookUpMany(
  label: string,
  target: EntryPlan,
  options: CachedManyOptions,
  run: Load,
  reports: Reports,
): Load {
  if (!target.isEnabled) return run
  const position = options.ids ?? 0
  const report = (): void => reports.callback('condition', BYPASS)
  const { condition, missing = 'undefined' } = options
  const mayFail = missing === 'skip'

  return async (instance, args) => {
    const ids = args[position]
    const isWanted =
      condition === undefined || evaluateBoolean(condition, instance, args, report) === true
    if (!Array.isArray(ids)) reports.noList(position, BYPASS)
    if (!Array.isArray(ids) || !isWanted) return run(instance, args)
    const batch = new ItemBatch({
      label,
      shape: options.returns ?? 'list',
      idOf: options.idOf,
      leftOut: RESULT_OF[missing],
      run: (wanted) => run(instance, replaced(args, position, wanted)),
      limited: (call) => target.entry.runLimited(call),
      size: ids.length,
    })
    const items = ids.map((id: unknown) => {
      const place = itemPlaceOf(target, options, instance, args, id, reports)
      const single = replaced(args, position, id)
      return readItem(target.entry, place, batch.share(id), instance, single, mayFail)
    })
    const settled = await settle(items)
    return batch.assemble(
      ids,
      settled.map((item) => (item === NOT_STORED ? undefined : item)),
    )
  }
}

const BYPASS = 'the call bypasses the cache'

/** The value that the load of an omitted item resolves with. */
const RESULT_OF: Readonly<Record<MissingItems, unknown>> = {
  undefined,
  null: null,
  skip: NOT_STORED,
}

/**
 * Reads one item as a call of the single-item entry, and tells the batch as soon as it is decided
 * whether it has to be loaded.
 *
 * @param mayFail whether the single-item method may throw for an item that this method omits
 */
async function readItem(
  entry: CachedEntry,
  place: Place,
  { loadBeside, decide }: ItemShare,
  instance: unknown,
  single: readonly unknown[],
  mayFail: boolean,
): Promise<unknown> {
  let isElsewhere = false
  const wait = (): void => {
    isElsewhere = true
    decide()
  }
  const load: Load = (_instance, _args, share) => {
    isElsewhere = false
    return loadBeside(share)
  }
  try {
    return place.key === undefined
      ? await entry.bypass(load, instance, single)
      : await entry.read(place.key, place.scope, load, instance, single, wait)
  } catch (error) {
    // A call of the single-item method, which this item waited for, must not fail the whole list.
    if (mayFail && isElsewhere) return await loadBeside(undefined)
    throw error
  } finally {
    decide()
  }
}

function itemPlaceOf(
  target: EntryPlan,
  options: CachedManyOptions,
  instance: unknown,
  args: readonly unknown[],
  id: unknown,
  reports: Reports,
): Place {
  const scope = options.scope ?? target.scope
  const { keyOf, ids: position = 0 } = options
  if (keyOf === undefined) {
    const single = replaced(args, position, id)
    return placeOf(target.entry, { key: target.options.key, scope }, instance, single, reports)
  }
  const others = args.filter((_, index) => index !== position)
  const key = (): Key => Reflect.apply(keyOf, instance, [id, ...others])
  return placeOf(target.entry, { key, scope, keyOption: 'keyOf' }, instance, args, reports)
}

function replaced(args: readonly unknown[], position: number, value: unknown): unknown[] {
  return args.map((argument, index) => (index === position ? value : argument))
}

/**
 * Returns all items, or throws the first failure once every item has settled, so that none is left
 * running unobserved.
 */
async function settle(items: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(items)
  return settled.map((item) => {
    if (item.status === 'rejected') throw item.reason
    return item.value
  })
}
