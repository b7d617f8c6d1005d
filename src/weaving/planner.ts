import { declarationsOf, type MethodDeclaration } from '../decorators/declaration.js'
import { CacheWeavingError } from '../errors.js'
import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { CachePutOptions } from '../options/cache-put-options.js'
import type { CachedManyOptions } from '../options/cached-many-options.js'
import type { ClassReference, EntryReference } from '../options/entry-reference.js'
import { adviceFor, type EvictPlan, type ManyPlan } from './advice.js'
import type { Caller } from './caller.js'
import { ClassPlan, type EntryPlan, namespaceOf } from './class-plan.js'
import { EntryPlanner, type EntryPlannerOptions } from './entry-planner.js'
import { evictTargets } from './evict-targets.js'
import type { PutPlan } from './put-advice.js'
import { Reports } from './reports.js'

/** The parts of a cache that the planner needs. */
export interface PlannerOptions extends EntryPlannerOptions {
  readonly caller: Caller
  readonly lifecycle: { readonly isClosed: boolean }
}

/**
 * Turns the recorded decorators of a class into advice, once per class, and refuses decorators that
 * do not fit.
 */
export class Planner {
  readonly #options: PlannerOptions
  readonly #entries: EntryPlanner
  readonly #plans = new Map<ClassReference, ClassPlan | undefined>()
  readonly #owners = new Map<string, ClassReference>()

  constructor(options: PlannerOptions) {
    this.#options = options
    this.#entries = new EntryPlanner(options)
  }

  get plans(): readonly ClassPlan[] {
    return [...this.#plans.values()].filter((plan) => plan !== undefined)
  }

  /**
   * Returns the plan of a class; undefined when it has no decorated methods.
   *
   * @throws CacheWeavingError, CacheConfigurationError when its decorators do not fit
   */
  planOf(owner: ClassReference): ClassPlan | undefined {
    const present = this.#plans.get(owner)
    if (present !== undefined || this.#plans.has(owner)) return present
    const declarations = declarationsOf(owner.prototype)
    if (declarations.length === 0) {
      this.#plans.set(owner, undefined)
      return undefined
    }
    const plan = new ClassPlan(
      owner,
      this.#claimNamespace(owner),
      declarations,
      this.#options.caller,
      this.#options.lifecycle,
    )
    // Create the entries before the advice, because two classes may refer to each other's entries.
    this.#plans.set(owner, plan)
    try {
      for (const declaration of declarations) this.#entries.add(plan, declaration)
      for (const declaration of declarations) this.#addAdvice(plan, declaration)
    } catch (error) {
      this.#plans.delete(owner)
      this.#owners.delete(plan.namespace)
      throw error
    }
    const { overrides, remark } = this.#options
    for (const [option, why] of overrides.unusedOf(plan.namespace)) remark(option, why)
    return plan
  }

  #claimNamespace(owner: ClassReference): string {
    const namespace = namespaceOf(owner, this.#options.isShared)
    const other = this.#owners.get(namespace)
    if (other !== undefined && other !== owner) {
      throw new CacheWeavingError(
        `${owner.name} and ${other.name} both claim the namespace '${namespace}' and ` +
          'would share results. Give one of them another namespace',
      )
    }
    this.#owners.set(namespace, owner)
    return namespace
  }

  #addAdvice(plan: ClassPlan, declaration: MethodDeclaration): void {
    const label = plan.labelOf(declaration)
    const puts: PutPlan[] = []
    const evicts: EvictPlan[] = []
    for (const operation of declaration.operations) {
      if (operation.kind === 'put') {
        puts.push(this.#putOf(plan, declaration, operation.options))
      } else if (operation.kind === 'evict') {
        evicts.push(this.#evictOf(plan, declaration, operation.options))
      }
    }
    const many = declaration.operations.find((operation) => operation.kind === 'cached-many')
    const cached = plan.entryOfDeclaration(declaration)
    if (cached === undefined && declaration.operations.some(({ kind }) => kind === 'warm')) {
      throw new CacheWeavingError(`${label}: @Warm is used on a method that is not @Cached`)
    }
    if (cached === undefined && many === undefined && puts.length + evicts.length === 0) return
    const target = many && this.#resolve(plan, many.options.entry, label)
    plan.addAdvice(
      declaration,
      adviceFor({
        label,
        declaration,
        cached,
        many: many && target && this.#manyOf(declaration, many.options, target, label),
        puts,
        evicts,
        caller: this.#options.caller,
      }),
    )
  }

  #manyOf(
    declaration: MethodDeclaration,
    options: CachedManyOptions,
    target: EntryPlan,
    label: string,
  ): ManyPlan {
    if (options.keyOf === undefined) {
      checkSameParameters(label, '@CachedMany', declaration, target, 'keyOf')
    }
    return { options, target, reports: new Reports(this.#options.signals, label, '@CachedMany') }
  }

  #putOf(plan: ClassPlan, declaration: MethodDeclaration, options: CachePutOptions): PutPlan {
    const label = plan.labelOf(declaration)
    const target = this.#resolve(plan, options.entry, label)
    if (options.key === undefined) checkSameParameters(label, '@CachePut', declaration, target)
    return { options, target, reports: new Reports(this.#options.signals, label, '@CachePut') }
  }

  #evictOf(plan: ClassPlan, declaration: MethodDeclaration, options: CacheEvictOptions): EvictPlan {
    const label = plan.labelOf(declaration)
    const needsEntry = options.tags === undefined && options.all !== true
    const target =
      options.entry !== undefined
        ? this.#resolve(plan, options.entry, label)
        : needsEntry
          ? this.#onlyEntryOf(plan, label)
          : undefined
    if (target !== undefined && options.key === undefined && options.keys === undefined) {
      if (options.all !== true) checkSameParameters(label, '@CacheEvict', declaration, target)
    }
    const evict = {
      namespace: plan.namespace,
      options,
      target,
      reports: new Reports(this.#options.signals, label, '@CacheEvict'),
      caller: this.#options.caller,
    }
    return { options, targetsOf: (instance, args) => evictTargets(evict, instance, args) }
  }

  #onlyEntryOf(plan: ClassPlan, label: string): EntryPlan {
    const [only, ...others] = plan.entries
    if (only !== undefined && others.length === 0) return only
    throw new CacheWeavingError(
      `${label}: @CacheEvict needs the option entry, since ${plan.label} has ` +
        `${plan.entries.length} of them: ${plan.entries.map((entry) => String(entry.declaration.methodName)).join(', ') || 'none'}`,
    )
  }

  /** Returns the entry that a decorator refers to, in the same class or in another one. */
  #resolve(plan: ClassPlan, reference: EntryReference, from: string): EntryPlan {
    if (typeof reference === 'string') return plan.resolve(reference, from)
    const [owner, method] = reference
    const other = this.planOf(owner)
    if (other === undefined) {
      throw new CacheWeavingError(`${from}: ${owner.name} has no @Cached methods`)
    }
    return other.resolve(method, from)
  }
}

/**
 * Without a key callback the arguments make the key, which would never match a method with other
 * parameters.
 */
function checkSameParameters(
  label: string,
  decorator: string,
  declaration: MethodDeclaration,
  target: EntryPlan,
  option = 'key',
): void {
  const own = declaration.original.length
  const wanted = target.declaration.original.length
  if (own === wanted) return
  throw new CacheWeavingError(
    `${label}: ${decorator} has no ${option}, so the arguments would be the key; the method declares ` +
      `${own} and ${target.label} ${wanted}. Return the key in \`${option}\``,
  )
}
