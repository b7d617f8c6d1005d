import { classConfigOf } from '../decorators/cache-config.js'
import type { MethodDeclaration } from '../decorators/declaration.js'
import type { CachedEntry } from '../engine/cached-entry.js'
import type { EntryPolicy } from '../engine/policy.js'
import { CacheWeavingError } from '../errors.js'
import type { Signals } from '../observability/signals.js'
import type { CachedOptions } from '../options/cached-options.js'
import { DEFAULT_ENTRY_OPTIONS } from '../options/default-entry-options.js'
import type { EntryOptions } from '../options/entry-options.js'
import { ineffectiveOptions } from '../options/ineffective-options.js'
import { mergeEntryOptions } from '../options/merge-entry-options.js'
import { resolveEntryPolicy } from '../options/resolve-entry-policy.js'
import { tiersWithoutMemory } from '../options/tiers-without-memory.js'
import type { Overrides } from '../overrides.js'
import type { ClassPlan } from './class-plan.js'
import { Reports } from './reports.js'

/** The parts of a cache that an `EntryPlanner` needs. */
export interface EntryPlannerOptions {
  readonly isShared: boolean
  readonly requireScope: boolean
  /** False: every entry is disabled. */
  readonly isEnabled: boolean
  readonly keepsInMemory: boolean
  readonly signals: Signals
  /** Called with each option that has no effect, and why. */
  readonly remark: (option: string, message: string) => void
  readonly defaults: EntryOptions
  /** Options from configuration, which take precedence over the code. */
  readonly overrides: Overrides
  readonly createEntry: (policy: EntryPolicy) => CachedEntry
}

/** Creates the entries of a class from `@Cached`, `@CacheConfig` and the configuration. */
export class EntryPlanner {
  readonly #options: EntryPlannerOptions

  constructor(options: EntryPlannerOptions) {
    this.#options = options
  }

  /**
   * Adds the entry of a `@Cached` method to the plan; does nothing for other methods.
   *
   * @throws CacheWeavingError, CacheConfigurationError when the decorators do not fit
   */
  add(plan: ClassPlan, declaration: MethodDeclaration): void {
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
   * Returns the entry's name: the option `entry`, or else the method's name. An overridden method
   * that `super` still reaches gets a different name than its override, because its results differ,
   * unless the override's `entry` says otherwise.
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
}

function isCached(declaration: MethodDeclaration): boolean {
  return declaration.operations.some((operation) => operation.kind === 'cached')
}

function entryOptionOf(declaration: MethodDeclaration): string | undefined {
  const cached = declaration.operations.find((operation) => operation.kind === 'cached')
  return cached?.options.entry
}
