import { declarationsOf } from '../../decorators/declaration.js'
import { CacheWeavingError } from '../../errors.js'
import type { HostContainer } from './host-container.js'
import { INSTALLED, type Installed } from './installation.js'
import type { Binding, BindingConstraints } from './internals.js'

/**
 * Returns one woven instance of each class with `@Warm` methods among the bindings of the container
 * that `installCaching` was called with. One is enough, because a class's instances share its
 * cached results. It uses
 *
 * - singletons that already exist, however they are bound;
 * - else the classes of `to` and `toSelf`, in any scope, and constants;
 * - else the results of `toDynamicValue` and `toResolvedValue` bound under a class with `@Warm`.
 *
 * It creates nothing else except their dependencies. A container cannot make one binding of an
 * identifier alone, so a class is left out, with a process warning, if it is bound only with a
 * name, a tag or a condition, or shares its identifier with classes without `@Warm`. It never finds
 * products of factories, bindings of child containers, and classes that autobinding has not met
 * yet.
 *
 * @param known instances of earlier calls by their prototypes, so that transient ones are created
 *   once
 * @throws CacheWeavingError without `installCaching`; any error of a service that is created
 */
export async function resolveWarmable(
  container: HostContainer,
  known = new Map<object, object>(),
): Promise<readonly object[]> {
  if (!container.isBound(INSTALLED)) {
    throw new CacheWeavingError('resolveWarmable: call installCaching(container) first')
  }
  const bindings = [...(container.get(INSTALLED) as Installed).bindings()]
  const instances = new Map<object, object>()
  const add = (made: unknown) => {
    const prototype = prototypeOf(made)
    if (hasWarm(prototype) && !instances.has(prototype)) instances.set(prototype, made as object)
  }
  for (const { cache } of bindings) {
    if (cache?.isRight === true) add(cache.value)
  }
  for (const [prototype, candidates] of byClass(bindings)) {
    add(known.get(prototype))
    if (instances.has(prototype)) continue
    const askable = candidates.find((candidate) => canBeAskedFor(candidate, bindings))
    if (askable === undefined) warnOf(prototype)
    else (await container.getAllAsync(askable.serviceIdentifier)).forEach(add)
  }
  for (const [prototype, instance] of instances) known.set(prototype, instance)
  return [...instances.values()]
}

/** Returns the bindings that may be resolved for `@Warm`, by the prototypes of their classes. */
function byClass(bindings: readonly Binding[]): Map<object, Binding[]> {
  const classes = new Map<object, Binding[]>()
  for (const binding of bindings) {
    const prototype = promisedPrototype(binding)
    if (!hasWarm(prototype)) continue
    const others = classes.get(prototype)
    if (others === undefined) classes.set(prototype, [binding])
    // A singleton will be created anyway, and is the instance that callers use.
    else if (binding.scope === 'Singleton') others.unshift(binding)
    else others.push(binding)
  }
  return classes
}

/** Returns the prototype that the instance will have or inherit from, if it is known in advance. */
function promisedPrototype(binding: Binding): unknown {
  switch (binding.type) {
    case 'ConstantValue':
      return prototypeOf(binding.value)
    case 'Instance':
      return classPrototype(binding.implementationType)
    case 'DynamicValue':
    case 'ResolvedValue':
      return classPrototype(binding.serviceIdentifier)
    default:
      return undefined
  }
}

/** Whether resolving its plain identifier makes it, and otherwise only classes with `@Warm`. */
function canBeAskedFor(binding: Binding, bindings: readonly Binding[]): boolean {
  const { serviceIdentifier } = binding
  const constraints: BindingConstraints = {
    name: undefined,
    tags: new Map(),
    serviceIdentifier,
    getAncestor: () => undefined,
  }
  const made = bindings.filter(
    (other) => other.serviceIdentifier === serviceIdentifier && other.isSatisfiedBy(constraints),
  )
  return made.includes(binding) && made.every((other) => hasWarm(promisedPrototype(other)))
}

function hasWarm(prototype: unknown): prototype is object {
  if (typeof prototype !== 'object' || prototype === null) return false
  return declarationsOf(prototype).some(({ operations }) =>
    operations.some(({ kind }) => kind === 'warm'),
  )
}

function prototypeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
}

function classPrototype(candidate: unknown): unknown {
  return typeof candidate === 'function' ? candidate.prototype : undefined
}

function warnOf(prototype: object): void {
  process.emitWarning(
    `cachewright: ${prototype.constructor.name} has @Warm methods, but the container cannot ` +
      'resolve it alone: its bindings have conditions, or share an identifier with classes ' +
      'without @Warm. It is only warmed up if it is a singleton that already exists',
    { code: 'CACHEWRIGHT_WARM_NOT_MADE' },
  )
}
