import type { CachedEntry } from '../engine/cached-entry.js'
import type { Target } from '../engine/journal.js'
import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { Key } from '../options/entry-options.js'
import type { Caller } from './caller.js'
import type { EntryPlan } from './class-plan.js'
import { evaluate, placeOf } from './key-of.js'

/** Works out what one `@CacheEvict` makes invalid for a call. */
export function evictTargets(
  namespace: string,
  options: CacheEvictOptions,
  target: EntryPlan | undefined,
  reporter: CachedEntry | undefined,
  caller: Caller,
): (instance: object, args: readonly unknown[]) => readonly Target[] {
  const report = (): void => reporter?.reportCallback()
  return (instance, args) => {
    const { condition, tags, all } = options
    if (condition !== undefined && evaluate(condition, instance, args, report) !== true) return []
    const targets: Target[] = []
    const names = typeof tags === 'function' ? evaluate(tags, instance, args, report) : tags
    for (const tag of names ?? []) targets.push(caller.tagTarget(tag))
    // What a callback of the user's cannot name is not left standing: the whole entry goes instead.
    const isUnknown = tags !== undefined && names === undefined
    if (all === true || isUnknown) targets.push(wholeOf(namespace, target, caller))
    else if (target !== undefined) targets.push(...keyTargets(options, target, instance, args))
    return targets
  }
}

function wholeOf(namespace: string, target: EntryPlan | undefined, caller: Caller): Target {
  return target === undefined ? caller.namespaceTarget(namespace) : target.entry.wholeTarget()
}

/** The keys of a call; the whole entry when one of them cannot be told. */
function keyTargets(
  options: CacheEvictOptions,
  target: EntryPlan,
  instance: object,
  args: readonly unknown[],
): Target[] {
  if (options.tags !== undefined && !namesKeys(options)) return []
  const { entry } = target
  const scope = options.scope ?? target.scope
  const keys = callbacksOf(options, target, instance, args)
  if (keys === undefined) return [entry.wholeTarget()]
  return keys.map((key) => {
    const place = placeOf(entry, key, scope, instance, args)
    return place.key === undefined ? entry.wholeTarget() : entry.targetOf(place.key)
  })
}

type KeyCallback = EntryPlan['options']['key']

function callbacksOf(
  options: CacheEvictOptions,
  target: EntryPlan,
  instance: object,
  args: readonly unknown[],
): KeyCallback[] | undefined {
  const { key, keys } = options
  if (keys === undefined) return [key ?? target.options.key]
  const report = (): void => target.entry.reportCallback()
  const list = evaluate(keys, instance, args, report)
  if (list === undefined) return undefined
  return Array.from(list, (each): KeyCallback => (): Key => each)
}

function namesKeys(options: CacheEvictOptions): boolean {
  return options.key !== undefined || options.keys !== undefined || options.entry !== undefined
}
