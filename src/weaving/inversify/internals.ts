/**
 * The internals of an Inversify container that weaving uses. Declared here because Inversify's own
 * types differ between its majors and belong to packages that users do not install themselves.
 * `internalsOf` checks that a container matches these types.
 */
export interface ContainerInternals {
  /** Replaced by every `restore()`. */
  readonly activationService: ActivationService
  /** Replaced by every `restore()`. */
  readonly bindingService: BindingService
  readonly planResultCacheService: PlanCache
}

/** A service identifier. It may also be a class, which only matters where it is checked. */
export type Identifier = string | symbol

/**
 * A callback that gets everything the container makes, and returns what the container hands out.
 */
export type Activation = (context: unknown, value: unknown) => unknown

/** Looks up the activations of a service. */
export interface ActivationService {
  get(serviceIdentifier: Identifier): Iterable<Activation> | undefined
}

/** Looks up the bindings of a container, without those of its parent. */
export interface BindingService {
  getNonParentBoundServices(): Iterable<Identifier>
  getNonParentBindings(serviceIdentifier: Identifier): Iterable<Binding> | undefined
}

/** The cache of plans, which is notified of every new binding and every child container. */
export interface PlanCache {
  /** Also called by `restore()`, after the other services have been replaced. */
  clearCache(): void
  invalidateServiceBinding(invalidation: { readonly binding: Binding }): void
  /** Called with the plan cache of a new child container. */
  subscribe(child: unknown): void
}

/** A binding of a service, as far as weaving uses it. */
export interface Binding {
  readonly type: string
  readonly serviceIdentifier: Identifier
  /** The class of a binding made by `to` and `toSelf`. */
  readonly implementationType?: unknown
  /** The value of a constant. */
  readonly value?: unknown
  /** `Singleton`, `Transient` or `Request`. */
  readonly scope?: string
  /** The singleton, once it is made. */
  cache?: { readonly isRight: boolean; readonly value?: unknown }
  /** Makes the factory. Other types of bindings use this name for something else. */
  factory?: FactoryBuilder
  /** The same for `toProvider`, which Inversify 8 no longer has. */
  provider?: FactoryBuilder
  isSatisfiedBy(constraints: BindingConstraints): boolean
}

/** Makes a factory for a resolution context. */
export type FactoryBuilder = (context: unknown) => unknown

/** The request that a binding is matched against, as Inversify makes it for a plain `get`. */
export interface BindingConstraints {
  readonly name: string | undefined
  readonly tags: ReadonlyMap<unknown, unknown>
  readonly serviceIdentifier: Identifier
  getAncestor(): BindingConstraints | undefined
}

/** Returns the internals behind the context of a plugin; undefined when they do not match. */
export function internalsOf(context: unknown): ContainerInternals | undefined {
  const isAsExpected =
    hasMethods(context, 'activationService', ACTIVATION_SERVICE_METHODS) &&
    hasMethods(context, 'bindingService', BINDING_SERVICE_METHODS) &&
    hasMethods(context, 'planResultCacheService', PLAN_CACHE_METHODS)
  return isAsExpected ? (context as ContainerInternals) : undefined
}

/**
 * Yields the container's current bindings, without those of its parent; none when its internals do
 * not match.
 */
export function* bindingsOf(context: unknown): Iterable<Binding> {
  if (!hasMethods(context, 'bindingService', BINDING_SERVICE_METHODS)) return
  const { bindingService } = context as Pick<ContainerInternals, 'bindingService'>
  for (const serviceIdentifier of bindingService.getNonParentBoundServices()) {
    yield* bindingService.getNonParentBindings(serviceIdentifier) ?? []
  }
}

/** Whether a value has the methods of a plan cache. */
export function isPlanCache(candidate: unknown): candidate is PlanCache {
  return hasMethods({ candidate }, 'candidate', PLAN_CACHE_METHODS)
}

const ACTIVATION_SERVICE_METHODS: readonly string[] = ['get'] satisfies (keyof ActivationService)[]

const BINDING_SERVICE_METHODS: readonly string[] = [
  'getNonParentBoundServices',
  'getNonParentBindings',
] satisfies (keyof BindingService)[]

const PLAN_CACHE_METHODS: readonly string[] = [
  'clearCache',
  'invalidateServiceBinding',
  'subscribe',
] satisfies (keyof PlanCache)[]

function hasMethods(holder: unknown, name: string, methods: readonly string[]): boolean {
  if (typeof holder !== 'object' || holder === null) return false
  const service: unknown = Reflect.get(holder, name)
  if (typeof service !== 'object' || service === null) return false
  return methods.every((method) => typeof Reflect.get(service, method) === 'function')
}
