import type { Target } from '../engine/journal.js'
import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { Key } from '../options/entry-options.js'
import { isNameList } from '../options/rules.js'
import type { Caller } from './caller.js'
import type { EntryPlan } from './class-plan.js'
import { evaluate, evaluateBoolean, placeOf } from './key-of.js'
import type { Consequence, Reports } from './reports.js'

/** One `@CacheEvict` on one method. */
export interface EvictDeclaration {
  readonly namespace: string
  readonly options: CacheEvictOptions
  /** The entry to evict from; undefined for tags, and for all entries of the namespace. */
  readonly target: EntryPlan | undefined
  readonly reports: Reports
  readonly caller: Caller
}

/**
 * Returns the targets that one `@CacheEvict` invalidates for a call. Where a callback threw or the
 * arguments cannot be a key, it invalidates more than was asked for, so that nothing outdated
 * stays.
 */
export function evictTargets(
  declaration: EvictDeclaration,
  instance: object,
  args: readonly unknown[],
): readonly Target[] {
  const { options, target, reports } = declaration
  const { condition, tags, all } = options
  const report = (): void => reports.callback('condition', 'the eviction happens anyway')
  if (condition !== undefined && evaluateBoolean(condition, instance, args, report) === false)
    return []
  if (tags !== undefined) return tagTargets(declaration, instance, args)
  if (all === true || target === undefined) return [wholeOf(declaration, instance, args)]
  return keyTargets(declaration, target, instance, args)
}

function tagTargets(
  { options, namespace, caller, reports }: EvictDeclaration,
  instance: object,
  args: readonly unknown[],
): Target[] {
  const { tags } = options
  const names = typeof tags === 'function' ? evaluate(tags, instance, args, ignore) : tags
  if (isNameList(names)) return names.map((tag) => caller.tagTarget(tag))
  reports.callback('tags', 'the namespace is cleared instead; what other namespaces have stays')
  return [caller.namespaceTarget(namespace)]
}

/**
 * Returns the target for every key: of one scope if there is one, else of the named entry, else of
 * the namespace.
 */
function wholeOf(
  { options, namespace, target, caller, reports }: EvictDeclaration,
  instance: object,
  args: readonly unknown[],
): Target {
  const report = (): void => reports.callback('scope', 'the eviction happens anyway')
  const scope = evaluate(options.scope, instance, args, report)
  if (typeof scope === 'string' && scope !== '') return caller.scopeTarget(namespace, scope)
  return target === undefined ? caller.namespaceTarget(namespace) : target.entry.wholeTarget()
}

function keyTargets(
  { options, reports }: EvictDeclaration,
  target: EntryPlan,
  instance: object,
  args: readonly unknown[],
): Target[] {
  const { entry } = target
  const scope = options.scope ?? target.scope
  const keys = keyCallbacks(options, target, instance, args)
  if (keys === undefined) {
    reports.callback('keys', ALL_KEYS)
    return [entry.wholeTarget()]
  }
  return keys.map((key) => {
    const place = placeOf(entry, { key, scope }, instance, args, reports, ALL_KEYS)
    return place.key === undefined ? entry.wholeTarget() : entry.targetOf(place.key)
  })
}

const ALL_KEYS: Consequence = 'all keys of the entry are evicted instead'

type KeyCallback = EntryPlan['options']['key']

/**
 * Returns undefined when `keys` threw or did not return a list; a string would be a list of
 * letters.
 */
function keyCallbacks(
  options: CacheEvictOptions,
  target: EntryPlan,
  instance: object,
  args: readonly unknown[],
): KeyCallback[] | undefined {
  const { key, keys } = options
  if (keys === undefined) return [key ?? target.options.key]
  const list: unknown = evaluate(keys, instance, args, ignore)
  if (!isListOfKeys(list)) return undefined
  return Array.from(
    list,
    (each): KeyCallback =>
      (): Key =>
        each,
  )
}

function isListOfKeys(list: unknown): list is Iterable<Key> {
  return typeof list === 'object' && list !== null && Symbol.iterator in list
}

/** The failure shows in the missing result. */
function ignore(): void {}
