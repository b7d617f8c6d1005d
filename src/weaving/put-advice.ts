import type { Load } from '../engine/call.js'
import type { PutOperation } from '../engine/put-operation.js'
import type { CachePutOptions } from '../options/cache-put-options.js'
import type { Caller } from './caller.js'
import type { EntryPlan } from './class-plan.js'
import { evaluate, evaluateBoolean, type Place, placeOf } from './key-of.js'
import type { Reports } from './reports.js'

/** The plan of a `@CachePut`: the entry that it fills. */
export interface PutPlan {
  readonly options: CachePutOptions
  readonly target: EntryPlan
  readonly reports: Reports
}

/**
 * Wraps a method in its puts. Their keys are reserved before it runs, and filled once it has
 * succeeded.
 */
export function withPuts(puts: readonly PutPlan[], caller: Caller, method: Load): Load {
  return async (instance, args) => {
    const operations = await beginPuts(puts, instance as object, args)
    let value: unknown
    try {
      value = await method(instance, args)
    } catch (error) {
      for (const { operation } of operations) {
        if (operation !== 'entry') operation?.abandon()
      }
      throw error
    }
    for (const { put, operation } of operations) {
      if (operation === 'entry') await caller.evict([put.target.entry.wholeTarget()])
      else if (operation !== undefined) await endPut(caller, put, operation, instance, args, value)
    }
    return value
  }
}

interface BegunPut {
  readonly put: PutPlan
  /**
   * undefined when there is nothing to put; `entry` when the key that changes is unknown, so that
   * the whole entry has to be evicted.
   */
  readonly operation: PutOperation | 'entry' | undefined
}

function beginPuts(
  puts: readonly PutPlan[],
  instance: object,
  args: readonly unknown[],
): Promise<BegunPut[]> {
  return Promise.all(
    puts.map(async (put): Promise<BegunPut> => {
      const { options, target, reports } = put
      // The condition failed, so the put may have been wanted, and the stored value may be
      // outdated.
      let isDoubtful = false
      const report = (): void => {
        isDoubtful = true
        reports.callback('condition', 'nothing is put, and the entry is cleared')
      }
      if (options.condition !== undefined) {
        const isWanted = evaluateBoolean(options.condition, instance, args, report) === true
        if (!isWanted) return { put, operation: isDoubtful ? 'entry' : undefined }
      }
      const place = placeOfPut(put, instance, args)
      if (place.key !== undefined) {
        return { put, operation: await target.entry.beginPut(place.key, place.scope) }
      }
      // Without a key callback the arguments make the entry's key, and if they cannot, nothing was
      // ever stored.
      const { kind, threw } = place.obstacle
      const isUnknown = threw !== undefined || (kind === 'no-key' && options.key !== undefined)
      return { put, operation: isUnknown ? 'entry' : undefined }
    }),
  )
}

function placeOfPut(
  { options, target, reports }: PutPlan,
  instance: object,
  args: readonly unknown[],
): Place {
  const callbacks = { key: options.key ?? target.options.key, scope: options.scope ?? target.scope }
  return placeOf(
    target.entry,
    callbacks,
    instance,
    args,
    reports,
    'nothing is put, and the entry is cleared',
  )
}

/** Stores the result, or evicts the key if the result is unwanted or a callback failed. */
async function endPut(
  caller: Caller,
  { options, target, reports }: PutPlan,
  operation: PutOperation,
  instance: unknown,
  args: readonly unknown[],
  value: unknown,
): Promise<void> {
  let isWanted = target.isEnabled
  const report = (option: string) => (): void => {
    isWanted = false
    reports.callback(option, 'the key is evicted instead')
  }
  const results = [value, ...args]
  if (options.unless !== undefined) {
    const isUnwanted =
      evaluateBoolean(options.unless, instance, results, report('unless')) !== false
    isWanted = isWanted && !isUnwanted
  }
  const stored =
    options.value === undefined
      ? value
      : evaluate(options.value, instance, results, report('value'))
  await caller.put(target.entry, operation, stored, args, isWanted)
}
