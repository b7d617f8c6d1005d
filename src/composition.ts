import { Cache } from './cache.js'
import type { ResolvedCacheOptions } from './cache-options.js'
import { type Composed, composeParts, type OpenSharedTier } from './compose-parts.js'
import { CachedEntry } from './engine/cached-entry.js'
import type { Marker } from './engine/markers.js'
import { Outcomes } from './engine/outcomes.js'
import type { Parts } from './engine/parts.js'
import type { EntryPolicy } from './engine/policy.js'
import { UnitsOfWork } from './engine/unit-of-work.js'
import { Namespaces } from './namespaces.js'
import { EntryCounters } from './observability/entry-counters.js'
import { healthOf } from './observability/health.js'
import { statisticsOf } from './observability/statistics.js'
import type { EntryOptions } from './options/entry-options.js'
import { mergeEntryOptions } from './options/merge-entry-options.js'
import { probeSharedTier } from './tiers/probe-shared-tier.js'
import type { WarmupHooks } from './warmup/warmup-hooks.js'
import { Caller } from './weaving/caller.js'
import { Planner } from './weaving/planner.js'
import { Weaver } from './weaving/weaver.js'

/** Milliseconds that `close` waits for what still runs. */
const CLOSING_PATIENCE = 5_000
/** Where the processes of a fleet agree on who refreshes what. */
const CLAIMS = 'cachewright.warmup'

/** Puts one cache together, and takes it apart again. */
export class Composition {
  readonly cache: Cache
  readonly #options: ResolvedCacheOptions
  readonly #composed: Composed
  readonly #units: UnitsOfWork
  readonly #namespaces: Namespaces
  /** By the marker of the entry. */
  readonly #counters = new Map<Marker, EntryCounters>()
  readonly #closing: (() => Promise<void>)[] = []

  /** @param random where jitter comes from: 0 up to, not including, 1 */
  constructor(
    options: ResolvedCacheOptions,
    openSharedTier: OpenSharedTier,
    random: () => number = Math.random,
  ) {
    this.#options = options
    this.#composed = composeParts(options, openSharedTier, this.#counters, random)
    const { invalidator, names } = this.parts
    this.#units = new UnitsOfWork(invalidator)
    const outcomes = new Outcomes()
    const { onInvalidationFailure, defaults } = options
    const caller = new Caller({
      invalidator,
      names,
      units: this.#units,
      outcomes,
      onInvalidationFailure,
    })
    this.#namespaces = new Namespaces({
      caller,
      defaults,
      overridesFor: (namespace, entry) => this.#overridesFor(namespace, entry),
      createEntry: (policy) => this.#createEntry(policy),
    })
    this.cache = this.#assemble(caller, outcomes)
  }

  get parts(): Parts {
    return this.#composed.parts
  }

  #assemble(caller: Caller, outcomes: Outcomes): Cache {
    const { defaults, enabled, requireScope } = this.#options
    const { parts, tier, signals } = this.#composed
    const planner = new Planner({
      caller,
      isShared: tier !== undefined,
      requireScope,
      defaults,
      overridesFor: (namespace, entry) => this.#overridesFor(namespace, entry),
      createEntry: (policy) => this.#createEntry(policy),
    })
    return new Cache({
      weaver: new Weaver(planner),
      caller,
      outcomes,
      isEnabled: enabled,
      warmup: this.#warmupHooks(),
      namespaceOf: (name) => this.#namespaces.named(name),
      statistics: () => {
        const entries = [...this.#counters.values()]
        return statisticsOf({ entries, counters: signals.counters, parts, tier })
      },
      health: (probe) =>
        healthOf({ parts, tier, probe: probe ? () => probeSharedTier(parts) : undefined }),
      redisStatistics: async () => tier?.statistics(),
      whenReady: async (timeout) => (await tier?.whenReady(timeout)) ?? true,
      close: () => this.#close(),
    })
  }

  #warmupHooks(): WarmupHooks {
    const { parts, tier } = this.#composed
    return {
      clock: parts.clock,
      background: parts.background,
      random: parts.random,
      claims: tier && this.#namespaces.shared(CLAIMS),
      onClose: (close) => this.#closing.push(close),
    }
  }

  #createEntry(policy: EntryPolicy): CachedEntry {
    const { markers, names } = this.parts
    const marker = markers.declared(names.entryMarker(policy.namespace, policy.entry))
    const counters = this.#counters.get(marker) ?? new EntryCounters(policy.namespace, policy.entry)
    this.#counters.set(marker, counters)
    return new CachedEntry(policy, this.parts, this.#units, counters)
  }

  #overridesFor(namespace: string, entry: string): EntryOptions {
    const own = this.#options.namespaces
    const { entries = {}, ...options } = Object.hasOwn(own, namespace) ? (own[namespace] ?? {}) : {}
    return mergeEntryOptions(options, Object.hasOwn(entries, entry) ? entries[entry] : undefined)
  }

  async #close(): Promise<void> {
    const { parts, log, signals, tier, lifecycle } = this.#composed
    await Promise.all(this.#closing.map((close) => close()))
    lifecycle.isClosed = true
    log?.close()
    await parts.background.drain(parts.clock, CLOSING_PATIENCE)
    parts.invalidator.close()
    signals.close()
    await tier?.close()
  }
}
