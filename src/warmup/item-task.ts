import type { CacheNamespace } from '../namespace.js'
import { Slots } from './slots.js'
import type { WarmTarget } from './warm-target.js'
import type { WarmItem } from './warmup-options.js'
import type { WarmupTask } from './warmup-task.js'

/** An item and the namespace that it is stored in. */
export interface PlacedItem {
  readonly item: WarmItem
  readonly namespace: CacheNamespace
}

/** Maximum number of loads of one name that run at once. */
const CONCURRENCY = 4

/** Returns the task for the added items of one name, priority and importance. */
export function itemTask(
  name: string,
  priority: number,
  isCritical: boolean,
  items: readonly PlacedItem[],
): WarmupTask {
  return {
    name,
    priority,
    isCritical,
    timeout: undefined,
    slots: new Slots(CONCURRENCY),
    pace: undefined,
    open: () => items,
    targetOf: (item) => keyTarget(item as PlacedItem),
    schedule: undefined,
    running: 0,
  }
}

/** Returns the target of an added item. */
export function keyTarget({ item, namespace }: PlacedItem): WarmTarget {
  const { key, load, ttl, tags, scope } = item
  const owner = scope === undefined ? {} : { scope }
  const options = {
    ...owner,
    ...(ttl === undefined ? {} : { ttl }),
    ...(tags === undefined ? {} : { tags }),
  }
  const target: WarmTarget = {
    explain: () => namespace.explain(key, owner),
    load: () => namespace.getOrLoad(key, load, options),
    identity: () => [namespace.name, scope ?? null, key],
    async refresh() {
      const reservation = await namespace.reserve(key, options)
      let value: unknown
      try {
        value = await load()
      } catch (error) {
        reservation.abandon()
        throw error
      }
      const result = await reservation.commit(value)
      // The key was overtaken and evicted. Load it again, because the key should end up stored.
      if ('stored' in result && !result.stored) await target.load()
    },
  }
  return target
}
