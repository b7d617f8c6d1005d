import type { CachedEntry } from './engine/cached-entry.js'
import type { EntryPolicy } from './engine/policy.js'
import { validName } from './keys/names.js'
import type { SetOptions } from './key-options.js'
import { CacheNamespace } from './namespace.js'
import type { CachedOptions } from './options/cached-options.js'
import { DEFAULT_ENTRY_OPTIONS } from './options/default-entry-options.js'
import type { EntryOptions } from './options/entry-options.js'
import { mergeEntryOptions } from './options/merge-entry-options.js'
import { resolveEntryPolicy } from './options/resolve-entry-policy.js'
import { tiersWithoutMemory } from './options/tiers-without-memory.js'
import type { Overrides } from './overrides.js'
import type { Caller } from './weaving/caller.js'

/** The parts of a cache that its namespaces need. */
export interface NamespacesOptions {
  readonly caller: Caller
  readonly defaults: EntryOptions
  readonly overrides: Overrides
  /** False: calls run their loads, and nothing is stored. */
  readonly isEnabled: boolean
  readonly keepsInMemory: boolean
  readonly createEntry: (policy: EntryPolicy) => CachedEntry
}

/** The entry name of values that are stored by hand. */
const BY_HAND = 'by-hand'

/** The namespaces for direct use, each created once. */
export class Namespaces {
  readonly #options: NamespacesOptions
  readonly #namespaces = new Map<string, CacheNamespace>()

  constructor(options: NamespacesOptions) {
    this.#options = options
  }

  /**
   * Returns the namespace of this name.
   *
   * @throws CacheConfigurationError when `name` is not a valid name
   */
  named(name: string): CacheNamespace {
    const present = this.#namespaces.get(name)
    if (present !== undefined) return present
    const namespace = validName(name, 'namespace')
    const { defaults, overrides, isEnabled, keepsInMemory } = this.#options
    const layers = [defaults, overrides.of(namespace, BY_HAND)]
    const { tiers, enabled } = mergeEntryOptions(DEFAULT_ENTRY_OPTIONS, ...layers)
    if (!keepsInMemory) layers.push(tiersWithoutMemory(tiers, namespace))
    return this.#create(namespace, layers, isEnabled && enabled !== false)
  }

  /** Returns a namespace that keeps values only in Redis and ignores the cache's defaults. */
  shared(namespace: string): CacheNamespace {
    return this.#create(namespace, [{ tiers: ['redis'], jitter: 0 }], true)
  }

  #create(namespace: string, layers: readonly EntryOptions[], isEnabled: boolean): CacheNamespace {
    const { caller, createEntry } = this.#options
    const { ttl, version } = mergeEntryOptions(DEFAULT_ENTRY_OPTIONS, ...layers)
    const identity = {
      label: `namespace ${namespace}`,
      namespace,
      entry: BY_HAND,
      version: version ?? DEFAULT_ENTRY_OPTIONS.version,
    }
    const policy = resolveEntryPolicy(identity, ...layers, perValue(ttl))
    const created = new CacheNamespace(createEntry(policy), caller, {
      isEnabled,
      ttl: ttl ?? DEFAULT_ENTRY_OPTIONS.ttl,
    })
    this.#namespaces.set(namespace, created)
    return created
  }
}

/** Reads ttl and tags from the options of the call, which are the only argument of its load. */
function perValue(ttl: CachedOptions['ttl']): CachedOptions {
  return {
    ttl: (result: unknown, given: unknown) => {
      const own = (given as SetOptions | undefined)?.ttl
      if (own !== undefined) return own
      return typeof ttl === 'function' ? ttl(result) : (ttl ?? DEFAULT_ENTRY_OPTIONS.ttl)
    },
    tags: (_result: unknown, given: unknown) => (given as SetOptions | undefined)?.tags ?? [],
  }
}
