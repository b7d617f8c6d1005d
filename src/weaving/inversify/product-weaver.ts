import { types } from 'node:util'

import type { Binding, FactoryBuilder } from './internals.js'

/** Gives an object its runtime. Does nothing to what has no decorated methods. */
export type Weave = <T>(value: T) => T

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/**
 * Weaves what factories make. What the container activates for a factory's binding is the factory
 * function; its products never pass through the container.
 */
export class ProductWeaver {
  readonly #weave: Weave
  /** Each factory with its woven twin, and each twin with itself: weaving twice changes nothing. */
  readonly #twins = new WeakMap<AnyFunction, AnyFunction>()
  readonly #builders = new WeakSet<FactoryBuilder>()
  readonly #handler: ProxyHandler<AnyFunction>

  constructor(weave: Weave) {
    this.#weave = weave
    this.#handler = {
      apply: (factory, self, args) => this.#product(Reflect.apply(factory, self, args)),
    }
  }

  /** Sees to it that the factory of a binding is woven, whether it was made or not. */
  weaveBinding(binding: Binding): void {
    if (binding.type === 'Factory' && binding.factory !== undefined) {
      binding.factory = this.#builder(binding.factory)
    } else if (binding.type === 'Provider' && binding.provider !== undefined) {
      binding.provider = this.#builder(binding.provider)
    } else {
      return
    }
    const { cache } = binding
    if (cache?.isRight === true) binding.cache = { ...cache, value: this.factory(cache.value) }
  }

  /** The factory's twin; a promise of it for a promise; anything else as it is. */
  factory(made: unknown): unknown {
    if (types.isPromise(made)) return made.then((factory) => this.factory(factory))
    return typeof made === 'function' ? this.#twin(made as AnyFunction) : made
  }

  #builder(builder: FactoryBuilder): FactoryBuilder {
    if (this.#builders.has(builder)) return builder
    const wovenBuilder: FactoryBuilder = (context) => this.factory(builder(context))
    this.#builders.add(wovenBuilder)
    return wovenBuilder
  }

  /** A proxy, so that its name, its properties and `new` stay as they were. */
  #twin(factory: AnyFunction): AnyFunction {
    const known = this.#twins.get(factory)
    if (known !== undefined) return known
    const twin = new Proxy(factory, this.#handler)
    this.#twins.set(factory, twin)
    this.#twins.set(twin, twin)
    return twin
  }

  /**
   * Only real promises are followed: `then` of a thenable may have effects, as a query builder's.
   * A function is a factory that wants further arguments, unless it is a class.
   */
  #product(made: unknown): unknown {
    if (types.isPromise(made)) return made.then((value) => this.#product(value))
    if (typeof made === 'function') return isClass(made) ? made : this.#twin(made as AnyFunction)
    return this.#weave(made)
  }
}

function isClass(candidate: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(candidate))
}
