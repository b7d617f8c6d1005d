import { randomBytes } from 'node:crypto'

import { Cache } from './cache.js'
import type { ResolvedCacheOptions } from './cache-options.js'
import { Background } from './engine/background.js'
import { CachedEntry } from './engine/cached-entry.js'
import { Fences } from './engine/fences.js'
import { Flights } from './engine/flights.js'
import { Invalidator } from './engine/invalidator.js'
import { Journal } from './engine/journal.js'
import { alwaysProven, type LogProof, LogReader } from './engine/log-reader.js'
import { type Marker, Markers } from './engine/markers.js'
import { MissReasons } from './engine/miss-reasons.js'
import { Outcomes } from './engine/outcomes.js'
import type { Parts } from './engine/parts.js'
import type { EntryPolicy } from './engine/policy.js'
import { UnitsOfWork } from './engine/unit-of-work.js'
import { Names, validName } from './keys/names.js'
import { CacheNamespace, type SetOptions } from './namespace.js'
import { EntryCounters } from './observability/entry-counters.js'
import { healthOf, reasonsAgainst } from './observability/health.js'
import { ObserverSignals } from './observability/observer-signals.js'
import { statisticsOf } from './observability/statistics.js'
import { DEFAULT_ENTRY_OPTIONS } from './options/default-entry-options.js'
import type { EntryOptions } from './options/entry-options.js'
import { mergeEntryOptions } from './options/merge-entry-options.js'
import { resolveEntryPolicy } from './options/resolve-entry-policy.js'
import type { ConnectionListener } from './redis/connection-event.js'
import { MemoryTier } from './tiers/memory-tier.js'
import type { SharedTier } from './tiers/shared-tier.js'
import { createSealer } from './values/sealer.js'
import { Caller } from './weaving/caller.js'
import { Planner } from './weaving/planner.js'
import { Weaver } from './weaving/weaver.js'

/** Opens the shared tier; undefined when there is none. */
export type OpenSharedTier = (names: Names, onEvent: ConnectionListener) => SharedTier | undefined

/** Milliseconds that a lease runs before it must be renewed: how long a dead holder is waited for. */
const LEASE = 1_000
/** Invalidation targets remembered for a replay before they are merged into namespaces. */
const JOURNAL_CAPACITY = 20_000
/** Keys whose last miss is explained. */
const REMEMBERED_MISSES = 10_000
/** The entry of the programmatic cache within its namespace; no method has this name. */
export const BY_HAND = 'by-hand'
/** Milliseconds that `close` waits for what still runs. */
const CLOSING_PATIENCE = 5_000

/** Builds the parts of one cache, once, and holds on to what must be closed. */
export class Composition {
  readonly cache: Cache
  readonly parts: Parts
  readonly #options: ResolvedCacheOptions
  readonly #tier: SharedTier | undefined
  readonly #signals: ObserverSignals
  readonly #log: LogReader | undefined
  readonly #units: UnitsOfWork
  readonly #caller: Caller
  readonly #lifecycle = { isClosed: false }
  /** By the marker of the entry. */
  readonly #counters = new Map<Marker, EntryCounters>()
  readonly #namespaces = new Map<string, CacheNamespace>()

  /** @param random where jitter comes from: 0 up to, not including, 1 */
  constructor(
    options: ResolvedCacheOptions,
    openSharedTier: OpenSharedTier,
    random: () => number = Math.random,
  ) {
    this.#options = options
    const { clock } = options
    const signals = new ObserverSignals({
      cache: options.prefix,
      observer: options.observer,
      logger: options.logger,
      clock,
      reasons: () => reasonsAgainst(this.parts, this.#tier),
    })
    this.#signals = signals
    const background = new Background((reason) => signals.backgroundFailed(reason))
    const names = new Names({
      prefix: options.prefix,
      keyMode: options.keyMode,
      secret: options.keySecret,
    })
    const tier = openSharedTier(names, (event) => signals.connection(event))
    this.#tier = tier
    const markers = new Markers(Math.max(10_000, 2 * options.maxItems))
    const fences = new Fences()
    const journal = new Journal(clock, JOURNAL_CAPACITY)
    const missReasons = new MissReasons(REMEMBERED_MISSES)
    const memory = new MemoryTier({
      maxItems: options.maxItems,
      maxBytes: options.maxBytes,
      indexed: tier !== undefined,
      onCapacity: (key) => missReasons.note(key, 'capacity'),
      // The markers of a value: namespace, entry, and what else there is.
      tallyOf: ({ markers: [, marker] }) => marker && this.#counters.get(marker),
    })
    const origin = randomBytes(12).toString('base64url')
    const invalidator = new Invalidator({
      clock,
      origin,
      shared: tier?.store,
      duringRecovery: tier?.duringRecovery,
      names,
      markers,
      fences,
      journal,
      background,
      forget: (id) => {
        const key = memory.deleteId(id)
        if (key !== undefined) missReasons.note(key, 'evicted')
      },
      durability: options.durability,
      onInvalidated: (targets, confirmation) => signals.invalidated(targets, confirmation),
    })
    this.#log =
      tier === undefined
        ? undefined
        : new LogReader({
            log: tier.openLog(),
            clock,
            origin,
            onInvalidated: (invalidated) => {
              invalidator.applyRemote(invalidated)
              signals.invalidatedElsewhere(invalidated.length)
            },
            onGap: (reason) => {
              markers.invalidateEverything()
              memory.clear()
              signals.logInterrupted(reason)
            },
          })
    if (this.#log !== undefined) background.run('log', this.#log.run())
    tier?.onRecover(async (mayHaveLost) => {
      await invalidator.replay(mayHaveLost)
    })
    const log: LogProof = this.#log ?? alwaysProven
    this.parts = {
      clock,
      names,
      memory,
      shared: tier?.store,
      sealer: createSealer({ encryption: options.encryption }),
      markers,
      fences,
      flights: new Flights(),
      journal,
      invalidator,
      background,
      log,
      signals,
      missReasons,
      origin,
      lifecycle: this.#lifecycle,
      random,
      settings: { bound: options.bound, outageTtl: options.outageTtl, leaseFor: LEASE },
    }
    this.#units = new UnitsOfWork(invalidator)
    const outcomes = new Outcomes()
    this.#caller = new Caller({
      invalidator,
      names,
      units: this.#units,
      outcomes,
      onInvalidationFailure: options.onInvalidationFailure,
    })
    this.cache = this.#assemble(outcomes)
  }

  #assemble(outcomes: Outcomes): Cache {
    const { defaults, enabled, requireScope } = this.#options
    const planner = new Planner({
      caller: this.#caller,
      isShared: this.#tier !== undefined,
      requireScope,
      defaults,
      overridesFor: (namespace, entry) => this.#overridesFor(namespace, entry),
      createEntry: (policy) => this.#createEntry(policy),
    })
    const { parts } = this
    const tier = this.#tier
    return new Cache({
      weaver: new Weaver(planner),
      caller: this.#caller,
      units: this.#units,
      outcomes,
      isEnabled: enabled,
      namespaceOf: (name) => this.#namespaceOf(name),
      statistics: () => {
        const entries = [...this.#counters.values()]
        return statisticsOf({ entries, counters: this.#signals.counters, parts, tier })
      },
      health: (probe) => healthOf({ parts, tier, probe: probe ? () => this.#probe() : undefined }),
      redisStatistics: async () => tier?.statistics(),
      whenReady: async (timeout) => (await tier?.whenReady(timeout)) ?? true,
      close: () => this.#close(),
    })
  }

  #createEntry(policy: EntryPolicy): CachedEntry {
    const { markers, names } = this.parts
    const marker = markers.declared(names.entryMarker(policy.namespace, policy.entry))
    const counters =
      this.#counters.get(marker) ?? new EntryCounters(policy.namespace, policy.entry)
    this.#counters.set(marker, counters)
    return new CachedEntry(policy, this.parts, this.#units, counters)
  }

  #overridesFor(namespace: string, entry: string): EntryOptions {
    const own = this.#options.namespaces
    const { entries = {}, ...options } = Object.hasOwn(own, namespace) ? (own[namespace] ?? {}) : {}
    return mergeEntryOptions(options, Object.hasOwn(entries, entry) ? entries[entry] : undefined)
  }

  /** Ttl and tags of a value come with the call: its only argument is what the user gave for it. */
  #namespaceOf(name: string): CacheNamespace {
    const present = this.#namespaces.get(name)
    if (present !== undefined) return present
    const namespace = validName(name, 'namespace')
    const entry = BY_HAND
    const layers = [this.#options.defaults, this.#overridesFor(namespace, entry)]
    const { ttl, version } = mergeEntryOptions(DEFAULT_ENTRY_OPTIONS, ...layers)
    const policy = resolveEntryPolicy(
      { label: namespace, namespace, entry, version: version ?? DEFAULT_ENTRY_OPTIONS.version },
      ...layers,
      {
        ttl: (result: unknown, given: unknown) => {
          const own = (given as SetOptions | undefined)?.ttl
          if (own !== undefined) return own
          return typeof ttl === 'function' ? ttl(result) : (ttl ?? DEFAULT_ENTRY_OPTIONS.ttl)
        },
        tags: (_result: unknown, given: unknown) => (given as SetOptions | undefined)?.tags ?? [],
      },
    )
    const created = new CacheNamespace(this.#createEntry(policy), this.#caller)
    this.#namespaces.set(name, created)
    return created
  }

  /** Writes to Redis and reads back, past memory. */
  async #probe(): Promise<boolean> {
    const { names, shared, origin } = this.parts
    if (shared === undefined) return true
    const address = { hash: names.entry('cachewright', 'probe', origin), field: '1' }
    const token = randomBytes(12).toString('base64url')
    try {
      const request = { ...address, token, leaseFor: LEASE, markers: [], withClock: false }
      await shared.seize({ ...request, markersLiveFor: LEASE })
      const sealed = Buffer.from(token)
      await shared.store({ ...address, token, sealed, freshFor: LEASE, keptFor: LEASE })
      const { entry } = await shared.read({ ...address, markers: [] })
      return entry?.sealed?.equals(sealed) === true
    } catch {
      return false
    }
  }

  async #close(): Promise<void> {
    const { background, invalidator } = this.parts
    this.#lifecycle.isClosed = true
    this.#log?.close()
    await background.drain(this.#options.clock, CLOSING_PATIENCE)
    invalidator.close()
    this.#signals.close()
    await this.#tier?.close()
  }
}
