import type { MethodDeclaration } from '../decorators/declaration.js'
import type { Advice } from '../decorators/runtime.js'
import type { Load } from '../engine/call.js'
import type { CachedEntry } from '../engine/cached-entry.js'
import type { Target } from '../engine/journal.js'
import { CacheDeclarationError } from '../errors.js'
import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { CachedManyOptions } from '../options/cached-many-options.js'
import type { Caller } from './caller.js'
import type { EntryPlan } from './class-plan.js'
import { evaluateBoolean, placeOf } from './key-of.js'
import { lookUpMany } from './many-advice.js'
import { type PutPlan, withPuts } from './put-advice.js'
import type { Reports } from './reports.js'

/** The plan of a `@CacheEvict`: what a call of the method invalidates. */
export interface EvictPlan {
  readonly options: CacheEvictOptions
  /**
   * Returns the targets of one call. Where they cannot be determined, reports that and returns
   * wider ones.
   */
  targetsOf(instance: object, args: readonly unknown[]): readonly Target[]
}

/** The plan of a `@CachedMany`: the single-item entry that holds its items. */
export interface ManyPlan {
  readonly options: CachedManyOptions
  readonly target: EntryPlan
  readonly reports: Reports
}

/** The plan of a decorated method, with the plans of all its decorators. */
export interface MethodPlan {
  readonly label: string
  readonly declaration: MethodDeclaration
  readonly cached: EntryPlan | undefined
  readonly many: ManyPlan | undefined
  readonly puts: readonly PutPlan[]
  readonly evicts: readonly EvictPlan[]
  readonly caller: Caller
}

/** Returns the advice of one method, which applies all of its decorators in a fixed order. */
export function adviceFor(plan: MethodPlan): Advice {
  const run = runnerOf(plan)
  const answer = answerOf(plan, run)
  if (plan.evicts.length === 0) return { invoke: answer }
  const before = plan.evicts.filter(({ options }) => options.beforeInvocation === true)
  const after = plan.evicts.filter(({ options }) => options.beforeInvocation !== true)
  return {
    async invoke(instance, args) {
      if (before.length === 0) {
        const value = await answer(instance, args)
        await plan.caller.evict(targetsOf(after, instance, args))
        return value
      }
      const first = targetsOf(before, instance, args)
      await plan.caller.evict(first)
      let value: unknown
      try {
        value = await answer(instance, args)
      } catch (error) {
        // A load that started while the method ran may have read data that the method then changed.
        await plan.caller.evict(first)
        throw error
      }
      await plan.caller.evict([...first, ...targetsOf(after, instance, args)])
      return value
    },
  }
}

type Answer = Advice['invoke']

function answerOf(plan: MethodPlan, run: Load): Answer {
  const { cached, many, label } = plan
  if (many !== undefined) {
    return promised(lookUpMany(label, many.target, many.options, run, many.reports))
  }
  return cached === undefined || !cached.isEnabled ? promised(run) : lookUp(cached, run)
}

/**
 * Turns what a method returns into a native promise. The engine's own answers skip this, because it
 * takes a tenth of the time of a hit.
 */
function promised(load: Load): Answer {
  return (instance, args) => Promise.resolve(load(instance, args))
}

/** Serves a `@Cached` method from its entry, or runs the rest. */
function lookUp(plan: EntryPlan, run: Load): Answer {
  const { entry, options, scope, reports } = plan
  const { key, condition } = options
  if (key === undefined && condition === undefined && scope === undefined) {
    return lookUpByArguments(entry, run, reports)
  }
  return (instance, args) => {
    if (condition !== undefined) {
      const wanted = evaluateBoolean(condition, instance, args, () =>
        reports.callback('condition', 'the call bypasses the cache'),
      )
      if (wanted !== true) return entry.bypass(run, instance, args)
    }
    const place = placeOf(entry, { key, scope }, instance, args, reports)
    if (place.key === undefined) return entry.bypass(run, instance, args)
    return entry.read(place.key, place.scope, run, instance, args)
  }
}

/** The common case: the key depends only on the arguments. */
function lookUpByArguments(entry: CachedEntry, run: Load, reports: Reports): Answer {
  return (instance, args) => {
    const argument = args[0]
    const isSimple =
      args.length === 1 && (typeof argument === 'string' || typeof argument === 'number')
    if (isSimple) {
      const hit = entry.hitByArgument(argument)
      if (hit !== undefined) return hit
    }
    const key = entry.keyOf(args, undefined)
    if (typeof key !== 'string') {
      reports.unkeyable(key, 'the call bypasses the cache')
      return entry.bypass(run, instance, args)
    }
    if (isSimple) entry.shorten(argument, key)
    return entry.read(key, undefined, run, instance, args)
  }
}

/** Returns the method, wrapped in its puts. */
function runnerOf(plan: MethodPlan): Load {
  const { declaration, label, puts, caller } = plan
  const method: Load = (instance, args) => {
    const result = Reflect.apply(declaration.original, instance, args)
    return isThenable(result) ? result : refuseSync(label)
  }
  return puts.length === 0 ? method : withPuts(puts, caller, method)
}

function targetsOf(
  evicts: readonly EvictPlan[],
  instance: object,
  args: readonly unknown[],
): Target[] {
  return evicts.flatMap((evict) => [...evict.targetsOf(instance, args)])
}

/**
 * Refuses a method that returned no promise: its callers would not expect the promise that a hit
 * returns.
 */
function refuseSync(label: string): never {
  throw new CacheDeclarationError(
    `${label}: a cached method must return a promise, and this one did not. Make it async, or read ` +
      'memory synchronously with entryOf(...).peek()',
  )
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
  )
}
