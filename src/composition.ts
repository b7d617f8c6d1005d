import { Cache } from './cache.js'
import type { ResolvedCacheOptions } from './cache-options.js'
import { type Composed, composeParts, type OpenSharedTier } from './compose-parts.js'
import { CachedEntry } from './engine/cached-entry.js'
import type { Marker } from './engine/markers.js'
import { Confirmations } from './engine/confirmations.js'
import type { Parts } from './engine/parts.js'
import type { EntryPolicy } from './engine/policy.js'
import { UnitsOfWork } from './engine/unit-of-work.js'
import { lazy } from './lazy.js'
import { Namespaces } from './namespaces.js'
import { EntryCounters } from './observability/entry-counters.js'
import { healthOf } from './observability/health.js'
import { statisticsOf } from './observability/statistics-of.js'
import { Overrides } from './overrides.js'
import { probeSharedTier } from './tiers/probe-shared-tier.js'
import type { WarmupHooks } from './warmup/warmup-hooks.js'
import { Caller } from './weaving/caller.js'
import { Planner } from './weaving/planner.js'
import { Weaver } from './weaving/weaver.js'

/** Milliseconds that `close` waits for background work to end. */
const CLOSING_PATIENCE = 5_000
/** Milliseconds after which configured names that nothing has used are reported. */
const UNUSED_AFTER = 60_000
/** The namespace in which processes claim the tasks of a repeated warm-up. */
const CLAIMS = 'cachewright.warmup'

/** Wires the parts of one cache together, and closes them. */
export class Composition {
  readonly cache: Cache
  readonly #options: ResolvedCacheOptions
  readonly #composed: Composed
  readonly #units: UnitsOfWork
  readonly #namespaces: Namespaces
  readonly #overrides: Overrides
  /** The call counters of each entry, by the entry's marker. */
  readonly #counters = new Map<Marker, EntryCounters>()
  readonly #closing: (() => Promise<void>)[] = []

  /** @param random the source of jitter: from 0 up to but not including 1 */
  constructor(
    options: ResolvedCacheOptions,
    openSharedTier: OpenSharedTier,
    random: () => number = Math.random,
  ) {
    this.#options = options
    this.#composed = composeParts(options, openSharedTier, this.#counters, random)
    const { invalidator, names } = this.parts
    this.#overrides = new Overrides(options.namespaces)
    this.#units = new UnitsOfWork(invalidator)
    const confirmations = new Confirmations()
    const { onInvalidationFailure, defaults, enabled, keepsInMemory } = options
    const caller = new Caller({
      invalidator,
      names,
      units: this.#units,
      confirmations,
      onInvalidationFailure,
    })
    this.#namespaces = new Namespaces({
      caller,
      defaults,
      overrides: this.#overrides,
      isEnabled: enabled,
      keepsInMemory: keepsInMemory || !enabled,
      createEntry: (policy) => this.#createEntry(policy),
    })
    this.cache = this.#assemble(caller)
    this.#sayUnusedLater()
  }

  get parts(): Parts {
    return this.#composed.parts
  }

  #assemble(caller: Caller): Cache {
    const { defaults, enabled, keepsInMemory, requireScope } = this.#options
    const { parts, tier, signals, lifecycle } = this.#composed
    const planner = new Planner({
      caller,
      isShared: tier !== undefined,
      requireScope,
      defaults,
      overrides: this.#overrides,
      isEnabled: enabled,
      keepsInMemory: keepsInMemory || !enabled,
      lifecycle,
      signals,
      remark: (option, message) => signals.noEffect(option, message),
      createEntry: (policy) => this.#createEntry(policy),
    })
    return new Cache({
      weaver: new Weaver(planner),
      caller,
      isEnabled: enabled,
      warmup: this.#warmupHooks(),
      namespaceOf: (name) => this.#namespaces.named(name),
      statistics: () => {
        const entries = [...this.#counters.values()]
        return statisticsOf({ entries, counters: signals.counters, parts, tier })
      },
      health: (probe) =>
        healthOf({
          parts,
          tier,
          probe: probe ? () => probeSharedTier(parts) : undefined,
          remarks: this.#remarks(),
        }),
      redisStatistics: async () => tier?.statistics(),
      whenReady: async (timeout) => (await tier?.whenReady(timeout)) ?? true,
      close: () => this.#close(),
    })
  }

  #warmupHooks(): WarmupHooks {
    const { parts, tier, log } = this.#composed
    return {
      clock: parts.clock,
      background: parts.background,
      random: parts.random,
      claims: tier && lazy(() => this.#namespaces.shared(CLAIMS)),
      whenProven: log && ((listener) => log.whenProven(listener)),
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

  /** The options without effect, one sentence each, for `health()`. */
  #remarks(): readonly string[] {
    const remarks = new Map([...this.#composed.signals.remarks, ...this.#overrides.unused()])
    if (!this.#options.enabled)
      remarks.set('enabled', 'the cache is switched off; calls run their methods')
    return Array.from(remarks, ([option, message]) => `${option}: ${message}`)
  }

  /** Reports configured names that match nothing, once most classes should have been woven. */
  #sayUnusedLater(): void {
    if (this.#overrides.unused().size === 0) return
    const { clock } = this.parts
    const cancel = clock.schedule(UNUSED_AFTER, () => {
      for (const [option, message] of this.#overrides.unused()) {
        this.#composed.signals.noEffect(option, message)
      }
    })
    this.#closing.push(async () => cancel())
  }

  async #close(): Promise<void> {
    const { parts, log, signals, tier, lifecycle } = this.#composed
    await Promise.all(this.#closing.map((close) => close()))
    lifecycle.isClosed = true
    // A closed cache hears of no more invalidations, so it must not serve from memory any longer.
    parts.memory.clear()
    log?.close()
    await parts.background.drain(parts.clock, CLOSING_PATIENCE)
    parts.invalidator.close()
    signals.close()
    await tier?.close()
  }
}
