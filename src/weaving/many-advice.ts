import type { Load } from '../engine/call.js'
import type { CachedEntry } from '../engine/cached-entry.js'
import type { CachedManyOptions } from '../options/cached-many-options.js'
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
  const { condition } = options

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
      run: (missing) => run(instance, replaced(args, position, missing)),
      limited: (call) => target.entry.runLimited(call),
      size: ids.length,
    })
    const items = ids.map((id: unknown) => {
      const place = itemPlaceOf(target, options, instance, args, id, reports)
      return readItem(target.entry, place, batch.share(id), instance, replaced(args, position, id))
    })
    return batch.assemble(ids, await settle(items))
  }
}

const BYPASS = 'the call bypasses the cache'

/**
 * Reads one item as a call of the single-item entry, and tells the batch as soon as it is decided
 * whether it has to be loaded.
 */
async function readItem(
  entry: CachedEntry,
  place: Place,
  { loadBeside, decide }: ItemShare,
  instance: unknown,
  single: readonly unknown[],
): Promise<unknown> {
  const load: Load = (_instance, _args, begins) => loadBeside(begins)
  try {
    if (place.key === undefined) return await entry.bypass(load, instance, single)
    return await entry.read(place.key, place.scope, load, instance, single, decide)
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
