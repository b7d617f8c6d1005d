import { types } from 'node:util'

import type { Binding, FactoryBuilder } from './internals.js'

/** Weaves an object. Returns a value without decorated methods unchanged. */
export type Weave = <T>(value: T) => T

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/**
 * Weaves what factories make. The container only activates the factory function itself; the
 * factory's products never pass through the container.
 */
export class ProductWeaver {
  readonly #weave: Weave
  /**
   * Maps each factory to its woven proxy, and each proxy to itself, so that weaving twice changes
   * nothing.
   */
  readonly #twins = new WeakMap<AnyFunction, AnyFunction>()
  readonly #builders = new WeakSet<FactoryBuilder>()
  readonly #handler: ProxyHandler<AnyFunction>

  constructor(weave: Weave) {
    this.#weave = weave
    this.#handler = {
      apply: (factory, self, args) => this.#product(Reflect.apply(factory, self, args)),
    }
  }

  /** Weaves the factory of a binding, whether or not it has been made. */
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

  /**
   * Returns the woven proxy of a factory, or a promise of it for a promise; any other value
   * unchanged.
   */
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

  /** Returns the proxy of a factory. A proxy keeps the factory's name, its properties and `new`. */
  #twin(factory: AnyFunction): AnyFunction {
    const known = this.#twins.get(factory)
    if (known !== undefined) return known
    const twin = new Proxy(factory, this.#handler)
    this.#twins.set(factory, twin)
    this.#twins.set(twin, twin)
    return twin
  }

  /**
   * Weaves a factory's product. Only native promises are awaited, because calling `then` of another
   * thenable (such as a query builder) may have effects. A function is taken for a factory that
   * expects more arguments, unless it is a class.
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
