import { types } from 'node:util'

import type { Cache } from '../../cache.js'
import type { HostContainer } from './host-container.js'
import {
  type Activation,
  type ActivationService,
  type Binding,
  bindingsOf,
  type ContainerInternals,
  isPlanCache,
  type PlanCache,
} from './internals.js'
import { ProductWeaver } from './product-weaver.js'

/** Under this identifier a container, and its children through it, find the cache that weaves them. */
export const INSTALLED = Symbol.for('cachewright/installed')

/** What stands under it. */
export interface Installed {
  readonly cache: Cache
  /** The container's own bindings, as they are now. */
  bindings(): Iterable<Binding>
}

/**
 * Weaves whatever a container makes, by adding an activation to the answer for every service. That
 * answer is looked up per activation and passed on to child containers, so it reaches bindings made
 * later, rebound or loaded by modules, which the activations one may register by hand do not.
 *
 * Methods of Inversify's objects are replaced on those objects, never on their prototypes: other
 * containers in the process do not notice.
 */
export class Installation implements Installed {
  readonly #internals: ContainerInternals
  readonly #products = new ProductWeaver((value) => this.#cache.activate(value))
  readonly #joined = new WeakSet<ActivationService>()
  readonly #followed = new WeakSet<PlanCache>()
  readonly #activation: Activation
  readonly #onlyActivation: readonly Activation[]
  #cache: Cache
  #sawActivation = false
  #sawBinding = false

  private constructor(internals: ContainerInternals, cache: Cache) {
    this.#cache = cache
    this.#internals = internals
    this.#activation = (_context, value) => {
      if (value === this) this.#sawActivation = true
      return this.#cache.activate(value)
    }
    this.#onlyActivation = [this.#activation]
  }

  /** The one of this container: there is one already if somebody has unbound everything since. */
  static on(internals: ContainerInternals, cache: Cache): Installation {
    const known = installations.get(internals.planResultCacheService)
    if (known !== undefined) {
      known.#cache = cache
      return known
    }
    const created = new Installation(internals, cache)
    installations.set(internals.planResultCacheService, created)
    return created
  }

  get cache(): Cache {
    return this.#cache
  }

  /**
   * Weaves the container's singletons of now and everything it makes from now on. False when the
   * container turns out not to use what was replaced.
   */
  begin(container: HostContainer): boolean {
    const plans = this.#internals.planResultCacheService
    this.#join()
    if (!this.#followed.has(plans)) this.#rejoinAfterRestore(plans)
    this.#follow(plans)
    container.bind(INSTALLED).toConstantValue(this)
    container.get(INSTALLED)
    if (!this.#sawActivation || !this.#sawBinding) return false
    this.#weaveWhatIsBound()
    // Plans made before have decided that there are no activations.
    plans.clearCache()
    return true
  }

  bindings(): Iterable<Binding> {
    return bindingsOf(this.#internals)
  }

  /**
   * False when that has been done already. Ours is the last in the list: what the user's own
   * activations make of a value is what gets woven.
   */
  #join(): boolean {
    const service = this.#internals.activationService
    if (this.#joined.has(service)) return false
    this.#joined.add(service)
    const get = service.get.bind(service)
    service.get = (serviceIdentifier) => {
      const others = get(serviceIdentifier)
      return others === undefined ? this.#onlyActivation : [...others, this.#activation]
    }
    return true
  }

  /** Hears of bindings as they are added: here, and in child containers made from now on. */
  #follow(plans: PlanCache): void {
    if (this.#followed.has(plans)) return
    this.#followed.add(plans)
    const invalidate = plans.invalidateServiceBinding.bind(plans)
    const subscribe = plans.subscribe.bind(plans)
    plans.invalidateServiceBinding = (invalidation) => {
      this.#sawBinding = true
      this.#products.weaveBinding(invalidation.binding)
      invalidate(invalidation)
    }
    plans.subscribe = (child) => {
      if (isPlanCache(child)) this.#follow(child)
      subscribe(child)
    }
  }

  /**
   * `restore` puts copies of the services in place, and clears the plans afterwards. A snapshot from
   * before the installation makes no difference: services that were no longer woven would no longer
   * evict what woven ones have cached.
   */
  #rejoinAfterRestore(plans: PlanCache): void {
    const clearCache = plans.clearCache.bind(plans)
    plans.clearCache = () => {
      if (this.#join()) this.#weaveWhatIsBound()
      clearCache()
    }
  }

  #weaveWhatIsBound(): void {
    for (const binding of this.bindings()) {
      this.#products.weaveBinding(binding)
      this.#weaveSingleton(binding)
    }
  }

  #weaveSingleton({ cache }: Binding): void {
    if (cache?.isRight !== true) return
    const { value } = cache
    if (types.isPromise(value)) {
      // Who asked for the singleton hears of its failure.
      value.then((made) => this.#cache.activate(made)).catch(() => undefined)
    } else {
      this.#cache.activate(value)
    }
  }
}

/** By the one part of a container that `restore()` does not replace. */
const installations = new WeakMap<PlanCache, Installation>()
