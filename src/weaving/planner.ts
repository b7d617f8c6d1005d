import { classConfigOf } from '../decorators/cache-config.js'
import { declarationsOf, type MethodDeclaration } from '../decorators/declaration.js'
import type { CachedEntry } from '../engine/cached-entry.js'
import type { EntryPolicy } from '../engine/policy.js'
import { CacheWeavingError } from '../errors.js'
import type { Signals } from '../observability/signals.js'
import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { CachePutOptions } from '../options/cache-put-options.js'
import type { CachedManyOptions } from '../options/cached-many-options.js'
import type { CachedOptions } from '../options/cached-options.js'
import type { EntryOptions } from '../options/entry-options.js'
import type { ClassReference, EntryReference } from '../options/entry-reference.js'
import { DEFAULT_ENTRY_OPTIONS } from '../options/default-entry-options.js'
import { ineffectiveOptions } from '../options/ineffective-options.js'
import { mergeEntryOptions } from '../options/merge-entry-options.js'
import { resolveEntryPolicy } from '../options/resolve-entry-policy.js'
import { tiersWithoutMemory } from '../options/tiers-without-memory.js'
import type { Overrides } from '../overrides.js'
import { adviceFor, type EvictPlan, type ManyPlan, type PutPlan } from './advice.js'
import type { Caller } from './caller.js'
import { ClassPlan, type EntryPlan, namespaceOf } from './class-plan.js'
import { evictTargets } from './evict-targets.js'
import { Reports } from './reports.js'

/** What the planner needs of a cache. */
export interface PlannerOptions {
  readonly caller: Caller
  readonly isShared: boolean
  readonly requireScope: boolean
  /** False: every entry is as if it were not enabled. */
  readonly isEnabled: boolean
  readonly keepsInMemory: boolean
  readonly lifecycle: { readonly isClosed: boolean }
  readonly signals: Signals
  /** Hears of options that have no effect: of which one, and why. */
  readonly remark: (option: string, message: string) => void
  readonly defaults: EntryOptions
  /** From configuration: stands above what the code says. */
  readonly overrides: Overrides
  readonly createEntry: (policy: EntryPolicy) => CachedEntry
}

/** Turns what the decorators of a class recorded into advices, once per class; refuses what does not fit. */
export class Planner {
  readonly #options: PlannerOptions
  readonly #plans = new Map<ClassReference, ClassPlan | undefined>()
  readonly #owners = new Map<string, ClassReference>()

  constructor(options: PlannerOptions) {
    this.#options = options
  }

  get plans(): readonly ClassPlan[] {
    return [...this.#plans.values()].filter((plan) => plan !== undefined)
  }

  /**
   * The plan of a class; undefined when none of its methods is decorated.
   *
   * @throws CacheWeavingError, CacheConfigurationError
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
    // Entries first: two classes may name each other's.
    this.#plans.set(owner, plan)
    try {
      for (const declaration of declarations) this.#addEntry(plan, declaration)
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
        `${owner.name} and ${other.name} both claim the namespace '${namespace}': their results ` +
          'would meet. Give one of them another namespace',
      )
    }
    this.#owners.set(namespace, owner)
    return namespace
  }

  #addEntry(plan: ClassPlan, declaration: MethodDeclaration): void {
    const cached = declaration.operations.find((operation) => operation.kind === 'cached')
    if (cached === undefined) return
    const label = plan.labelOf(declaration)
    const { defaults, overrides, requireScope, createEntry, isEnabled, signals } = this.#options
    const entryName = this.#entryNameOf(plan, declaration, cached.options)
    const classOptions = classConfigOf(plan.owner)?.options ?? {}
    const own = [classOptions, cached.options, overrides.of(plan.namespace, entryName)]
    const layers = [defaults, ...own]
    const merged = mergeEntryOptions(DEFAULT_ENTRY_OPTIONS, ...layers)
    if (requireScope && merged.scope === undefined) {
      throw new CacheWeavingError(
        `${label}: the cache requires a scope for every entry, and this one has none`,
      )
    }
    const identity = {
      label,
      namespace: plan.namespace,
      entry: entryName,
      version: merged.version ?? DEFAULT_ENTRY_OPTIONS.version,
    }
    const tiers = this.#options.keepsInMemory ? {} : tiersWithoutMemory(merged.tiers, label)
    const policy = resolveEntryPolicy(identity, ...layers, tiers)
    this.#remark(policy, mergeEntryOptions(...own))
    plan.addEntry({
      label,
      declaration,
      options: cached.options,
      scope: merged.scope,
      isEnabled: isEnabled && (merged.enabled ?? true),
      entry: createEntry(policy),
      reports: new Reports(signals, label, '@Cached'),
    })
  }

  #remark(policy: EntryPolicy, own: CachedOptions): void {
    const { isShared, remark } = this.#options
    for (const [option, why] of ineffectiveOptions(policy, own, isShared)) {
      remark(`${policy.label}: ${option}`, why)
    }
  }

  /**
   * The method's name, or what the decorator says. An overridden method that is still reached by
   * `super` gets another name than its override, unless they say so: it returns something else.
   */
  #entryNameOf(plan: ClassPlan, declaration: MethodDeclaration, options: CachedOptions): string {
    const name = options.entry ?? String(declaration.methodName)
    const overrides = plan.declarations
      .slice(plan.declarations.indexOf(declaration) + 1)
      .filter((other) => other.methodName === declaration.methodName && isCached(other))
    const isShared = overrides.some((other) => entryOptionOf(other) === name)
    const unique = overrides.length === 0 || isShared ? name : `${name}^${overrides.length}`
    const twin = plan.entries.find(({ entry }) => entry.policy.entry === unique)
    if (twin !== undefined && twin.declaration.methodName !== declaration.methodName) {
      throw new CacheWeavingError(
        `${plan.labelOf(declaration)} and ${twin.label} both claim the entry '${unique}'`,
      )
    }
    return unique
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
      throw new CacheWeavingError(`${label}: @Warm stands on a method that is not @Cached`)
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
      `${label}: @CacheEvict must say which entry it evicts, since ${plan.label} has ` +
        `${plan.entries.length} of them: ${plan.entries.map((entry) => String(entry.declaration.methodName)).join(', ') || 'none'}`,
    )
  }

  /** The entry that a decorator names: of the same class, or of another one. */
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

function isCached(declaration: MethodDeclaration): boolean {
  return declaration.operations.some((operation) => operation.kind === 'cached')
}

function entryOptionOf(declaration: MethodDeclaration): string | undefined {
  const cached = declaration.operations.find((operation) => operation.kind === 'cached')
  return cached?.options.entry
}

/** Without a key the arguments are the key: of a method with other parameters it would match nothing. */
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
      `${own} and ${target.label} ${wanted}. Say with \`${option}\` which of them make the key`,
  )
}
