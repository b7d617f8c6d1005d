import { classConfigOf } from '../decorators/cache-config.js'
import type { MethodDeclaration } from '../decorators/declaration.js'
import type { Advice, WovenRuntime } from '../decorators/runtime.js'
import type { CachedEntry } from '../engine/cached-entry.js'
import { CacheWeavingError } from '../errors.js'
import type { CachedOptions } from '../options/cached-options.js'
import { closestOf } from '../closest-of.js'
import type { EntryOptions } from '../options/entry-options.js'
import type { ClassReference } from '../options/entry-reference.js'
import type { Caller } from './caller.js'
import type { Reports } from './reports.js'

/** The plan of one `@Cached` method of a woven class: its entry, and how a call becomes a key. */
export interface EntryPlan {
  readonly label: string
  readonly declaration: MethodDeclaration
  readonly options: CachedOptions
  readonly scope: EntryOptions['scope']
  /**
   * False: calls run the method, and nothing is stored. Evictions are still sent, and a put evicts
   * its key.
   */
  readonly isEnabled: boolean
  readonly entry: CachedEntry
  readonly reports: Reports
}

/** Tells whether the cache that the class is woven to is closed. */
interface Lifecycle {
  readonly isClosed: boolean
}

/** The plan of a class in one cache. Made once per class and cache, and shared by all instances. */
export class ClassPlan implements WovenRuntime {
  readonly owner: ClassReference
  /** The caller of the cache that the class is woven to. */
  readonly caller: Caller
  readonly lifecycle: Lifecycle
  readonly label: string
  readonly namespace: string
  readonly declarations: readonly MethodDeclaration[]
  readonly #entries = new Map<MethodDeclaration, EntryPlan>()
  readonly #advices = new Map<MethodDeclaration, Advice>()

  constructor(
    owner: ClassReference,
    namespace: string,
    declarations: readonly MethodDeclaration[],
    caller: Caller,
    lifecycle: Lifecycle,
  ) {
    this.caller = caller
    this.lifecycle = lifecycle
    this.owner = owner
    this.label = owner.name || '(anonymous class)'
    this.namespace = namespace
    this.declarations = declarations
  }

  adviceOf(declaration: MethodDeclaration): Advice | undefined {
    return this.#advices.get(declaration)
  }

  addEntry(plan: EntryPlan): void {
    this.#entries.set(plan.declaration, plan)
  }

  addAdvice(declaration: MethodDeclaration, advice: Advice): void {
    this.#advices.set(declaration, advice)
  }

  get entries(): readonly EntryPlan[] {
    return [...this.#entries.values()]
  }

  /** Returns the entry of a method by name. An override hides the method that it overrides. */
  entryOf(methodName: string | symbol): EntryPlan | undefined {
    return this.entries.findLast((plan) => plan.declaration.methodName === methodName)
  }

  entryOfDeclaration(declaration: MethodDeclaration): EntryPlan | undefined {
    return this.#entries.get(declaration)
  }

  labelOf(declaration: MethodDeclaration): string {
    return `${this.label}.${String(declaration.methodName)}`
  }

  /**
   * Returns the entry of a method by name.
   *
   * @param from what refers to the entry; it begins the error message
   * @throws CacheWeavingError when the class has no such cached method
   */
  resolve(reference: string, from: string): EntryPlan {
    const plan = this.entryOf(reference)
    if (plan !== undefined) return plan
    const known = this.entries.map(({ declaration }) => String(declaration.methodName))
    const close = closestOf(reference, known)
    throw new CacheWeavingError(
      `${from}: ${this.label} has no @Cached method '${reference}'` +
        `${close === undefined ? '' : ` (is it ${close}?)`}; it has ${known.join(', ') || 'none'}`,
    )
  }
}

/**
 * Returns the namespace of a class's entries.
 *
 * @throws CacheWeavingError when a subclass would share its base class's namespace, or a name is
 *   required
 */
export function namespaceOf(owner: ClassReference, isShared: boolean): string {
  const config = classConfigOf(owner)
  if (config?.inherited === true) {
    throw new CacheWeavingError(
      `${owner.name} inherits cached methods and has no @CacheConfig of its own, so it would ` +
        "share its base class's results. Give it one with a namespace of its own",
    )
  }
  if (config?.options.namespace !== undefined) return config.options.namespace
  if (isShared || owner.name === '') {
    throw new CacheWeavingError(
      `${owner.name || 'An anonymous class'} needs @CacheConfig({ namespace }): with Redis the ` +
        'namespace is required, because minifiers change class names',
    )
  }
  return owner.name
}
