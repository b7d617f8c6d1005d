import type { CachedEntry } from '../engine/cached-entry.js'
import type { Target } from '../engine/journal.js'
import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { Key } from '../options/entry-options.js'
import type { Caller } from './caller.js'
import type { EntryPlan } from './class-plan.js'
import { evaluate, placeOf } from './key-of.js'

/** A `@CacheEvict` as it stands on one method. */
export interface EvictDeclaration {
  readonly namespace: string
  readonly options: CacheEvictOptions
  /** The entry it names; undefined for tags, and for all entries of the namespace. */
  readonly target: EntryPlan | undefined
  /** Hears of callbacks that throw. */
  readonly reporter: CachedEntry | undefined
  readonly caller: Caller
}

/**
 * Works out what one `@CacheEvict` makes invalid for a call. What cannot be told, because a callback
 * threw or the arguments are no key, is not left standing: more goes than was asked for.
 */
export function evictTargets(
  declaration: EvictDeclaration,
  instance: object,
  args: readonly unknown[],
): readonly Target[] {
  const { options, target, reporter } = declaration
  const report = (): void => reporter?.reportCallback()
  const { condition, tags, all } = options
  if (condition !== undefined && evaluate(condition, instance, args, report) === false) return []
  if (tags !== undefined) return tagTargets(declaration, instance, args, report)
  if (all === true || target === undefined) return [wholeOf(declaration, instance, args, report)]
  return keyTargets(options, target, instance, args)
}

function tagTargets(
  { options, namespace, caller }: EvictDeclaration,
  instance: object,
  args: readonly unknown[],
  report: () => void,
): Target[] {
  const { tags } = options
  const names = typeof tags === 'function' ? evaluate(tags, instance, args, report) : tags
  if (names === undefined) return [caller.namespaceTarget(namespace)]
  return names.map((tag) => caller.tagTarget(tag))
}

/** Every key: of one scope if there is one, of one entry if one is named, else of the namespace. */
function wholeOf(
  { options, namespace, target, caller }: EvictDeclaration,
  instance: object,
  args: readonly unknown[],
  report: () => void,
): Target {
  const scope = evaluate(options.scope, instance, args, report)
  if (typeof scope === 'string' && scope !== '') return caller.scopeTarget(namespace, scope)
  return target === undefined ? caller.namespaceTarget(namespace) : target.entry.wholeTarget()
}

function keyTargets(
  options: CacheEvictOptions,
  target: EntryPlan,
  instance: object,
  args: readonly unknown[],
): Target[] {
  const { entry } = target
  const scope = options.scope ?? target.scope
  const keys = keyCallbacks(options, target, instance, args)
  if (keys === undefined) return [entry.wholeTarget()]
  return keys.map((key) => {
    const place = placeOf(entry, key, scope, instance, args)
    return place.key === undefined ? entry.wholeTarget() : entry.targetOf(place.key)
  })
}

type KeyCallback = EntryPlan['options']['key']

function keyCallbacks(
  options: CacheEvictOptions,
  target: EntryPlan,
  instance: object,
  args: readonly unknown[],
): KeyCallback[] | undefined {
  const { key, keys } = options
  if (keys === undefined) return [key ?? target.options.key]
  const list = evaluate(keys, instance, args, () => target.entry.reportCallback())
  if (list === undefined) return undefined
  return Array.from(
    list,
    (each): KeyCallback =>
      (): Key =>
        each,
  )
}
