import { attachRuntime } from '../decorators/runtime.js'
import type { ClassPlan } from './class-plan.js'
import type { Planner } from './planner.js'

/** Gives instances their runtime. The plan of a class is made with its first instance. */
export class Weaver {
  readonly #planner: Planner
  /** Prototypes met before: to weave a transient instance is one look-up and one property. */
  readonly #plans = new WeakMap<object, ClassPlan | typeof PLAIN>()

  constructor(planner: Planner) {
    this.#planner = planner
  }

  /** Returns the instance itself; harmless when repeated, and for what has no decorated methods. */
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

const PLAIN = Symbol('a class without decorated methods')
