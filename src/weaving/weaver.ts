import { declarationsOf } from '../decorators/declaration.js'
import { attachRuntime, runtimeOf } from '../decorators/runtime.js'
import { CacheWeavingError } from '../errors.js'
import { ClassPlan } from './class-plan.js'
import type { Planner } from './planner.js'

/**
 * Weaves instances by attaching the runtime of their class, whose plan is made with the first
 * instance.
 */
export class Weaver {
  readonly #planner: Planner
  /**
   * Plans by prototype, so that weaving a transient instance costs one look-up and one property.
   */
  readonly #plans = new WeakMap<object, ClassPlan | typeof PLAIN>()

  constructor(planner: Planner) {
    this.#planner = planner
  }

  /**
   * Weaves an instance that the user passed; refuses anything that would silently not be cached.
   *
   * @throws CacheWeavingError when it is not an instance of a class, or another open cache has
   *   woven it
   */
  weaveInstance<T extends object>(instance: T): T {
    if (typeof instance !== 'object' || instance === null) refuse(instance)
    const plan = this.#planOf(instance)
    const present = plan === PLAIN ? undefined : runtimeOf(instance)
    if (present !== undefined && present !== plan && !isClosed(present)) {
      throw new CacheWeavingError(
        `${instance.constructor.name}: another cache has already woven this instance, and ` +
          'nothing would evict its entries any more. Weave each instance with one cache, or close ' +
          'the other cache first',
      )
    }
    return this.weave(instance)
  }

  /**
   * Weaves a value that a container made, and returns it. Harmless when repeated, and for a value
   * without decorated methods.
   */
  weave<T>(instance: T): T {
    if (typeof instance !== 'object' || instance === null) return instance
    const plan = this.#planOf(instance)
    if (plan !== PLAIN) attachRuntime(instance, plan)
    return instance
  }

  #planOf(instance: object): ClassPlan | typeof PLAIN {
    const prototype = Object.getPrototypeOf(instance) as object | null
    if (prototype === null || prototype === Object.prototype) return PLAIN
    const known = this.#plans.get(prototype)
    if (known !== undefined) return known
    const owner: unknown = prototype.constructor
    const isClass = typeof owner === 'function' && owner.prototype === prototype
    const plan = (isClass ? this.#planner.planOf(owner) : undefined) ?? PLAIN
    this.#plans.set(prototype, plan)
    return plan
  }
}

/** Whether the runtime's cache is closed. One from another copy of the package counts as open. */
function isClosed(runtime: unknown): boolean {
  return runtime instanceof ClassPlan && runtime.lifecycle.isClosed
}

function refuse(received: unknown): never {
  const { name, prototype }: { readonly name?: unknown; readonly prototype?: unknown } =
    typeof received === 'function' ? received : {}
  const isDecorated =
    typeof prototype === 'object' && prototype !== null && declarationsOf(prototype).length > 0
  throw new CacheWeavingError(
    isDecorated
      ? `weave: expected an instance, got the class ${String(name)}. Write weave(new ${String(name)}(…), cache)`
      : `weave: expected an instance of a class, got ${kindOf(received)}`,
  )
}

function kindOf(received: unknown): string {
  if (received === undefined || received === null) return String(received)
  return typeof received === 'function' ? 'a function or a class' : `a ${typeof received}`
}

const PLAIN = Symbol('a class without decorated methods')
