import { CacheWeavingError } from '../errors.js'
import type { MethodDeclaration } from './declaration.js'

/**
 * The slot in which a woven instance carries its runtime. `Symbol.for`, so that classes decorated
 * by one copy of the package work with a cache made by another.
 */
export const RUNTIME: unique symbol = Symbol.for('cachewright/runtime') as typeof RUNTIME

/** What a cache does around one method. Made once per class and cache. */
export interface Advice {
  /** Answers one call of the method. `args` is the call's own array: it may be kept. */
  invoke(instance: object, args: unknown[]): Promise<unknown>
}

/**
 * The link from an instance to its cache: one object per class and cache, shared by all instances
 * of the class, because the dispatchers remember the advice of the runtime they saw last.
 */
export interface WovenRuntime {
  /** The advice for a method, always the same; undefined leaves the method as it is. */
  adviceOf(declaration: MethodDeclaration): Advice | undefined
}

/** An object that may have been woven. */
interface Woven {
  readonly [RUNTIME]?: WovenRuntime
}

/** Runtimes of objects that take no new property. Asked only once there is such an object. */
const frozenRuntimes = new WeakMap<object, WovenRuntime>()
let frozenExist = false

/**
 * Gives an instance its runtime, or another one in place of what it has. The slot is not
 * enumerable: spreads, JSON and deep comparisons see the object as it was.
 *
 * @throws CacheWeavingError when the object was woven, then frozen, and is now given another runtime
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
    `${instance.constructor.name}: this instance was frozen after one cache had woven it; ` +
      'another cache cannot take its place. Weave it once, or freeze it first',
  )
}

/** The runtime of an instance; undefined for one that nobody wove, and for no object at all. */
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
