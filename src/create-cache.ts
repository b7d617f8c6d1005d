import { randomBytes } from 'node:crypto'

import { Cache } from './cache.js'
import { type CacheOptions, type ResolvedCacheOptions, resolveCacheOptions } from './cache-options.js'
import { Background } from './engine/background.js'
import { CachedEntry } from './engine/cached-entry.js'
import { Fences } from './engine/fences.js'
import { Flights } from './engine/flights.js'
import { Invalidator } from './engine/invalidator.js'
import { Journal } from './engine/journal.js'
import { alwaysProven, type LogProof, LogReader } from './engine/log-reader.js'
import { Markers } from './engine/markers.js'
import { MissReasons } from './engine/miss-reasons.js'
import { Outcomes } from './engine/outcomes.js'
import type { Parts } from './engine/parts.js'
import type { EntryPolicy } from './engine/policy.js'
import { UnitsOfWork } from './engine/unit-of-work.js'
import { Names, validName } from './keys/names.js'
import { CacheNamespace, type SetOptions } from './namespace.js'
import { EntryCounters } from './observability/entry-counters.js'
import type { CacheHealth } from './observability/health.js'
import { ObserverSignals } from './observability/observer-signals.js'
import { statisticsOf } from './observability/statistics.js'
import { DEFAULT_ENTRY_OPTIONS } from './options/default-entry-options.js'
import type { EntryOptions } from './options/entry-options.js'
import { mergeEntryOptions } from './options/merge-entry-options.js'
import { resolveEntryPolicy } from './options/resolve-entry-policy.js'
import { RedisConnections } from './redis/connect.js'
import type { RedisLink } from './redis/link.js'
import { RedisStore } from './redis/redis-store.js'
import { MemoryTier } from './tiers/memory-tier.js'
import { createSealer } from './values/sealer.js'
import { Caller } from './weaving/caller.js'
import { Planner } from './weaving/planner.js'
import { Weaver } from './weaving/weaver.js'

/** Milliseconds that a lease runs before its holder must have renewed it: how long a dead one is waited for. */
const LEASE = 1_000
/** Invalidation targets that are remembered for a replay before they are merged into namespaces. */
const JOURNAL_CAPACITY = 20_000
/** Keys whose last miss is explained. */
const REMEMBERED_MISSES = 10_000
/** Messages that the log keeps, roughly: what a reader may fall behind. */
const LOG_LENGTH = 10_000
/** Milliseconds that `close` waits for what still runs. */
const CLOSING_PATIENCE = 5_000

/**
 * Makes a cache. Connects to Redis in the background: a Redis that is not there delays nobody.
 *
 * @throws CacheConfigurationError naming the option, what it may be, and what came
 */
export function createCache(options: CacheOptions = {}): Cache {
  return new Composition(resolveCacheOptions(options)).cache
}

/** Builds the parts of one cache, once, and holds on to what must be closed. */
class Composition {
  readonly cache: Cache
  readonly #options: ResolvedCacheOptions
  readonly #signals: ObserverSignals
  readonly #background: Background
  readonly #connections: RedisConnections | undefined
  readonly #log: LogProof
  readonly #parts: Parts
  readonly #units: UnitsOfWork
  readonly #caller: Caller
  readonly #lifecycle = { isClosed: false }
  readonly #entries = new Map<string, CachedEntry>()
  readonly #namespaces = new Map<string, CacheNamespace>()

  constructor(options: ResolvedCacheOptions) {
    this.#options = options
    const { clock } = options
    const signals = new ObserverSignals(options.observer, options.logger, clock)
    this.#signals = signals
    this.#background = new Background((reason) => signals.backgroundFailed(reason))
    const names = new Names({
      prefix: options.prefix,
      keyMode: options.keyMode,
      secret: options.keySecret,
    })
    const { redis } = options
    this.#connections =
      redis === undefined
        ? undefined
        : new RedisConnections({
            redis,
            clock,
            random: Math.random,
            onEvent: (event) => signals.connection(event),
          })
    const origin = randomBytes(12).toString('base64url')
    const markers = new Markers(Math.max(10_000, 2 * options.maxItems))
    const fences = new Fences()
    const journal = new Journal(clock, JOURNAL_CAPACITY)
    const missReasons = new MissReasons(REMEMBERED_MISSES)
    const memory = new MemoryTier({
      maxItems: options.maxItems,
      maxBytes: options.maxBytes,
      indexed: redis !== undefined,
      onCapacity: (key) => missReasons.note(key, 'capacity'),
    })
    const shared = this.#storeOn(this.#connections?.link, names)
    const invalidator = new Invalidator({
      clock,
      origin,
      shared,
      duringRecovery: this.#storeOn(this.#connections?.duringRecovery, names),
      names,
      markers,
      fences,
      journal,
      background: this.#background,
      forget: (id) => {
        const key = memory.deleteId(id)
        if (key !== undefined) missReasons.note(key, 'evicted')
      },
      durability: options.durability,
      onInvalidated: (targets, confirmation) => signals.invalidated(targets, confirmation),
    })
    this.#log = this.#followLog(names, origin, invalidator, markers, memory)
    this.#connections?.onRecover(async (change) => {
      await invalidator.replay(change === 'changed')
    })
    this.#parts = {
      clock,
      names,
      memory,
      shared,
      sealer: createSealer({ encryption: options.encryption }),
      markers,
      fences,
      flights: new Flights(),
      journal,
      invalidator,
      background: this.#background,
      log: this.#log,
      signals,
      missReasons,
      origin,
      lifecycle: this.#lifecycle,
      random: Math.random,
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
    const planner = new Planner({
      caller: this.#caller,
      isShared: shared !== undefined,
      requireScope: options.requireScope,
      defaults: options.defaults,
      overridesFor: (namespace, entry) => this.#overridesFor(namespace, entry),
      createEntry: (policy) => this.#createEntry(policy),
    })
    this.cache = new Cache({
      weaver: new Weaver(planner),
      caller: this.#caller,
      units: this.#units,
      outcomes,
      isEnabled: options.enabled,
      namespaceOf: (name) => this.#namespaceOf(name),
      entries: () => [...this.#entries.values()],
      statistics: () => ({
        entries: Object.fromEntries(
          [...this.#entries].map(([name, entry]) => [name, statisticsOf(entry.context.counters)]),
        ),
        memory: { items: memory.size, bytes: memory.bytes },
      }),
      health: () => this.#health(),
      redisStatistics: () => Promise.resolve(undefined),
      whenReady: (timeout) =>
        this.#connections === undefined
          ? Promise.resolve(true)
          : this.#connections.whenReady(timeout),
      close: () => this.#close(),
    })
  }

  #storeOn(link: RedisLink | undefined, names: Names): RedisStore | undefined {
    if (link === undefined) return undefined
    const { readTimeout, writeTimeout } = this.#options
    return new RedisStore({ link, names, readTimeout, writeTimeout, logLength: LOG_LENGTH })
  }

  #followLog(
    names: Names,
    origin: string,
    invalidator: Invalidator,
    markers: Markers,
    memory: MemoryTier,
  ): LogProof {
    if (this.#connections === undefined) return alwaysProven
    const reader = new LogReader({
      log: this.#connections.openLog({ log: names.logStream, tail: names.logTail }),
      clock: this.#options.clock,
      origin,
      onInvalidated: (invalidated) => invalidator.applyRemote(invalidated),
      onGap: (reason) => {
        markers.invalidateEverything()
        memory.clear()
        this.#signals.logInterrupted(reason)
      },
      onFailure: () => undefined,
    })
    this.#background.run('log', reader.run())
    return reader
  }

  #createEntry(policy: EntryPolicy): CachedEntry {
    const counters = new EntryCounters(policy.namespace, policy.entry)
    const entry = new CachedEntry(policy, this.#parts, this.#units, counters)
    this.#entries.set(`${policy.namespace}/${policy.entry}`, entry)
    return entry
  }

  #overridesFor(namespace: string, entry: string): EntryOptions {
    const { entries, ...own } = this.#options.namespaces[namespace] ?? {}
    return mergeEntryOptions(own, entries?.[entry])
  }

  /** Ttl and tags of a value come with the call: the call's only argument is what the user gave. */
  #namespaceOf(name: string): CacheNamespace {
    const present = this.#namespaces.get(name)
    if (present !== undefined) return present
    const namespace = validName(name, 'namespace')
    const entry = 'value'
    const overrides = this.#overridesFor(namespace, entry)
    const layers = [this.#options.defaults, overrides]
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

  #health(): Promise<CacheHealth> {
    return Promise.resolve({ status: 'up', reasons: [], redis: undefined })
  }

  async #close(): Promise<void> {
    this.#lifecycle.isClosed = true
    if (this.#log instanceof LogReader) this.#log.close()
    await this.#background.drain(this.#options.clock, CLOSING_PATIENCE)
    this.#parts.invalidator.close()
    await this.#connections?.close()
  }
}
