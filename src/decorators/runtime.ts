import { CacheWeavingError } from '../errors.js'
import type { MethodDeclaration } from './declaration.js'

/**
 * The property in which a woven instance carries its runtime. `Symbol.for`, so that classes
 * decorated by one copy of the package work with a cache from another.
 */
export const RUNTIME: unique symbol = Symbol.for('cachewright/runtime') as typeof RUNTIME

/** The behaviour that a cache adds to one method. Made once per class and cache. */
export interface Advice {
  /** Serves one call of the method. `args` is the call's own array and may be kept. */
  invoke(instance: object, args: unknown[]): Promise<unknown>
}

/**
 * Links an instance to its cache. One object per class and cache, shared by all instances of the
 * class, because dispatchers remember the advice of the runtime that they saw last.
 */
export interface WovenRuntime {
  /** Returns the advice for a method, always the same one; undefined leaves the method as it is. */
  adviceOf(declaration: MethodDeclaration): Advice | undefined
}

/** An object that may have been woven. */
interface Woven {
  readonly [RUNTIME]?: WovenRuntime
}

/** Runtimes of objects that accept no new property. Only looked at once such an object exists. */
const frozenRuntimes = new WeakMap<object, WovenRuntime>()
let frozenExist = false

/**
 * Attaches a runtime to an instance, replacing any earlier one. The property is not enumerable, so
 * spreads, JSON and deep comparisons do not see it.
 *
 * @throws CacheWeavingError when the object was frozen after weaving and is now given another
 *   runtime
 */
export function attachRuntime(instance: object, runtime: WovenRuntime): void {
  if (Reflect.defineProperty(instance, RUNTIME, slotWith(runtime))) return
  const own = Object.hasOwn(instance, RUNTIME) ? (instance as Woven)[RUNTIME] : undefined
  if (own === runtime) return
  if (own === undefined) {
    frozenExist = true
    frozenRuntimes.set(instance, runtime)
    return
  }
  throw new CacheWeavingError(
    `${instance.constructor.name}: this instance was frozen after a cache had woven it, so ` +
      'another cache cannot weave it. Weave it with one cache only, or freeze it first',
  )
}

/** Returns the runtime of an instance; undefined for a value that is not woven. */
export function runtimeOf(instance: unknown): WovenRuntime | undefined {
  if (instance === undefined || instance === null) return undefined
  return (instance as Woven)[RUNTIME] ?? frozenRuntimeOf(instance)
}

function slotWith(runtime: WovenRuntime): PropertyDescriptor {
  return { value: runtime, enumerable: false, writable: true, configurable: true }
}

function frozenRuntimeOf(instance: object): WovenRuntime | undefined {
  return frozenExist ? frozenRuntimes.get(instance) : undefined
}
