/**
 * What weaving needs to see of an Inversify container's inside. These are types of our own because
 * Inversify's differ between its majors and belong to packages that users do not install themselves.
 * `internalsOf` checks that a container has what they say.
 */
export interface ContainerInternals {
  /** Another object after every `restore()`. */
  readonly activationService: ActivationService
  /** Another object after every `restore()`. */
  readonly bindingService: BindingService
  readonly planResultCacheService: PlanCache
}

/** By what services are known. It may also be a class; that is only looked at where it is checked. */
export type Identifier = string | symbol

/** What is called with everything that the container has made, and answers what it hands out. */
export type Activation = (context: unknown, value: unknown) => unknown

export interface ActivationService {
  get(serviceIdentifier: Identifier): Iterable<Activation> | undefined
}

export interface BindingService {
  getNonParentBoundServices(): Iterable<Identifier>
  getNonParentBindings(serviceIdentifier: Identifier): Iterable<Binding> | undefined
}

/** Hears of every binding that is added, and of every child container. */
export interface PlanCache {
  /** Also called by `restore()`, after the other services have been replaced. */
  clearCache(): void
  invalidateServiceBinding(invalidation: { readonly binding: Binding }): void
  /** Called with the plan cache of a new child container. */
  subscribe(child: unknown): void
}

export interface Binding {
  readonly type: string
  readonly serviceIdentifier: Identifier
  /** The class of a binding made by `to` and `toSelf`. */
  readonly implementationType?: unknown
  /** Of a constant. */
  readonly value?: unknown
  /** `Singleton`, `Transient` or `Request`. */
  readonly scope?: string
  /** What a singleton became, if it was made. */
  cache?: { readonly isRight: boolean; readonly value?: unknown }
  /** Makes the factory; other types of bindings have something else under this name. */
  factory?: FactoryBuilder
  /** The same for `toProvider`, which Inversify 8 no longer has. */
  provider?: FactoryBuilder
  isSatisfiedBy(constraints: BindingConstraints): boolean
}

export type FactoryBuilder = (context: unknown) => unknown

/** For what a binding is asked: this is how Inversify asks when a service is got by its identifier. */
export interface BindingConstraints {
  readonly name: string | undefined
  readonly tags: ReadonlyMap<unknown, unknown>
  readonly serviceIdentifier: Identifier
  getAncestor(): BindingConstraints | undefined
}

/** The internals behind the context of a plugin; undefined when they are not as expected. */
export function internalsOf(context: unknown): ContainerInternals | undefined {
  const isAsExpected =
    hasMethods(context, 'activationService', ACTIVATION_SERVICE_METHODS) &&
    hasMethods(context, 'bindingService', BINDING_SERVICE_METHODS) &&
    hasMethods(context, 'planResultCacheService', PLAN_CACHE_METHODS)
  return isAsExpected ? (context as ContainerInternals) : undefined
}

/** The container's own bindings, as they are now; none when its inside is not as expected. */
export function* bindingsOf(context: unknown): Iterable<Binding> {
  if (!hasMethods(context, 'bindingService', BINDING_SERVICE_METHODS)) return
  const { bindingService } = context as Pick<ContainerInternals, 'bindingService'>
  for (const serviceIdentifier of bindingService.getNonParentBoundServices()) {
    yield* bindingService.getNonParentBindings(serviceIdentifier) ?? []
  }
}

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
