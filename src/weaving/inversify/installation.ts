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

/** Service identifier under which a container and its children find the cache that weaves them. */
export const INSTALLED = Symbol.for('cachewright/installed')

/** The service bound to `INSTALLED`. */
export interface Installed {
  readonly cache: Cache
  /** Returns the container's current bindings, without those of its parent. */
  bindings(): Iterable<Binding>
}

/**
 * Weaves everything a container makes, by adding an activation to those that Inversify looks up for
 * each service. The look-up happens per activation and is passed on to child containers, so it also
 * covers bindings that are added later, rebound or loaded by modules; activations registered with
 * `onActivation` would not.
 *
 * Methods are replaced on Inversify's objects, never on their prototypes, so other containers in
 * the process are unaffected.
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

  /**
   * Returns the installation of a container. One may already exist even if its binding was removed.
   */
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
   * Weaves the existing singletons, and everything the container makes from now on. Returns false
   * when the container turns out not to use the replaced methods.
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
    // Existing plans have recorded that there are no activations.
    plans.clearCache()
    return true
  }

  bindings(): Iterable<Binding> {
    return bindingsOf(this.#internals)
  }

  /**
   * Adds our activation to every look-up; returns false if that is already done. Ours comes last,
   * so that it weaves the result of the user's own activations.
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

  /** Watches for new bindings, here and in child containers created from now on. */
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
   * Rejoins after `restore()`, which replaces the services and then clears the plans. A snapshot
   * from before the installation is woven too: services that are not woven would no longer evict
   * the results that woven ones have cached.
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
      // The caller that requested the singleton gets its failure.
      value.then((made) => this.#cache.activate(made)).catch(() => undefined)
    } else {
      this.#cache.activate(value)
    }
  }
}

/** Installations by the only part of a container that `restore()` does not replace. */
const installations = new WeakMap<PlanCache, Installation>()
