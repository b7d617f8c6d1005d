import { declarationsOf } from '../decorators/declaration.js'
import { attachRuntime, runtimeOf } from '../decorators/runtime.js'
import { CacheWeavingError } from '../errors.js'
import { ClassPlan } from './class-plan.js'
import type { Planner } from './planner.js'

/** Gives instances their runtime. The plan of a class is made with its first instance. */
export class Weaver {
  readonly #planner: Planner
  /** Prototypes met before: to weave a transient instance is one look-up and one property. */
  readonly #plans = new WeakMap<object, ClassPlan | typeof PLAIN>()

  constructor(planner: Planner) {
    this.#planner = planner
  }

  /**
   * For an instance that somebody names: what would silently not be cached is refused.
   *
   * @throws CacheWeavingError for what is no instance, and for one that another open cache has woven
   */
  weaveInstance<T extends object>(instance: T): T {
    if (typeof instance !== 'object' || instance === null) refuse(instance)
    const plan = this.#planOf(instance)
    const present = plan === PLAIN ? undefined : runtimeOf(instance)
    if (present !== undefined && present !== plan && !isClosed(present)) {
      throw new CacheWeavingError(
        `${instance.constructor.name}: another cache has woven this instance already, and its entries ` +
          'would be left with nobody to evict them. Weave each instance with one cache, or close ' +
          'the other one first',
      )
    }
    return this.weave(instance)
  }

  /**
   * For whatever a container makes. Returns the value itself; harmless when repeated, and for what has
   * no decorated methods.
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

/** A runtime of another copy of the package does not say: it counts as open. */
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
