import type { ResolvedCacheOptions } from './cache-options.js'
import { Background } from './engine/background.js'
import { Fences } from './engine/fences.js'
import { Flights } from './engine/flights.js'
import { Invalidator } from './engine/invalidator.js'
import { Journal } from './engine/journal.js'
import { alwaysProven, LogReader } from './engine/log-reader.js'
import { type Marker, Markers } from './engine/markers.js'
import { MissReasons } from './engine/miss-reasons.js'
import type { Parts } from './engine/parts.js'
import { Unshared } from './engine/unshared.js'
import { Names } from './keys/names.js'
import { lazy, lazyRequire } from './lazy.js'
import type { EntryCounters } from './observability/entry-counters.js'
import { reasonsAgainst } from './observability/health.js'
import { ObserverSignals } from './observability/observer-signals.js'
import type { ConnectionListener } from './redis/connection-event.js'
import { MemoryTier } from './tiers/memory-tier.js'
import type { SharedTier } from './tiers/shared-tier.js'
import { newToken } from './token.js'

/** Opens the shared tier; returns undefined when the cache has none. */
export type OpenSharedTier = (names: Names, onEvent: ConnectionListener) => SharedTier | undefined

/**
 * Milliseconds until a lease expires unless it is renewed, which is how long others wait for a dead
 * holder.
 */
const LEASE = 1_000
/**
 * Reads of an entry that must find nothing in Redis, in a row, before the next one asks for the
 * lease without looking first. A few, so that a process that has just started finds what others
 * have stored.
 */
const EMPTY_LOOKS = 4
/**
 * Invalidation targets that the journal keeps for a replay before it merges them into namespaces.
 */
const JOURNAL_CAPACITY = 20_000
/** Number of keys for which the reason of the last miss is kept. */
const REMEMBERED_MISSES = 10_000

/** Loaded on first use, because only values for Redis are sealed. */
const sealing = lazyRequire<typeof import('./values/sealer.js')>('./values/sealer.js')

/** The parts that all entries of a cache share, and what has to be closed with them. */
export interface Composed {
  readonly parts: Parts
  readonly signals: ObserverSignals
  readonly tier: SharedTier | undefined
  readonly log: LogReader | undefined
  readonly lifecycle: { isClosed: boolean }
}

/** The parts that are made first, because the others refer to them. */
interface Foundation {
  readonly options: ResolvedCacheOptions
  readonly names: Names
  readonly markers: Markers
  readonly missReasons: MissReasons
  readonly memory: MemoryTier
  readonly signals: ObserverSignals
  readonly background: Background
  readonly journal: Journal
  readonly fences: Fences
  readonly unshared: Unshared
  readonly tier: SharedTier | undefined
  readonly origin: string
}

/**
 * Builds the parts of one cache.
 *
 * @param counters the call counters of each entry, by the entry's marker
 * @param random the source of jitter: from 0 up to but not including 1
 */
export function composeParts(
  options: ResolvedCacheOptions,
  openSharedTier: OpenSharedTier,
  counters: ReadonlyMap<Marker, EntryCounters>,
  random: () => number,
): Composed {
  const sealer = lazy(() => sealing().createSealer({ encryption: options.encryption }))
  // Create the sealer before anything starts. It throws for invalid encryption keys or a missing
  // module, and a part that runs already would be left open.
  if (options.redis !== undefined || options.encryption !== undefined) sealer()
  const foundation = layFoundation(options, openSharedTier, counters, () =>
    reasonsAgainst(parts, tier),
  )
  const { tier, signals, background } = foundation
  const invalidator = createInvalidator(foundation)
  const log = tier && followLog(foundation, tier, invalidator, random)
  if (log !== undefined) background.run('log', log.run())
  tier?.onRecover(async (mayHaveLost) => {
    await invalidator.replay(mayHaveLost)
  })
  const lifecycle = { isClosed: false }
  const parts: Parts = {
    ...foundation,
    clock: options.clock,
    shared: tier?.store,
    get sealer() {
      return sealer()
    },
    flights: new Flights(),
    invalidator,
    log: log ?? alwaysProven,
    lifecycle,
    random,
    settings: {
      bound: options.bound,
      outageTtl: options.outageTtl,
      leaseFor: LEASE,
      emptyLooks: EMPTY_LOOKS,
    },
  }
  return { parts, signals, tier, log, lifecycle }
}

function layFoundation(
  options: ResolvedCacheOptions,
  openSharedTier: OpenSharedTier,
  counters: ReadonlyMap<Marker, EntryCounters>,
  reasons: () => readonly string[],
): Foundation {
  const { clock, prefix, keyMode, keySecret, maxItems, maxBytes, observer, logger } = options
  const signals = new ObserverSignals({ cache: prefix, observer, logger, clock, reasons })
  const names = new Names({ prefix, keyMode, secret: keySecret })
  const tier = openSharedTier(names, (event) => signals.connection(event))
  const missReasons = new MissReasons(REMEMBERED_MISSES)
  const memory = new MemoryTier({
    maxItems,
    maxBytes,
    indexed: tier !== undefined,
    onCapacity: (key) => missReasons.note(key, 'capacity'),
    // A value's markers begin with those of its namespace and its entry.
    tallyOf: ({ markers: [, marker] }) => marker && counters.get(marker),
  })
  return {
    options,
    names,
    markers: new Markers(Math.max(10_000, 2 * maxItems)),
    missReasons,
    memory,
    signals,
    background: new Background((reason) => signals.backgroundFailed(reason)),
    journal: new Journal(clock, JOURNAL_CAPACITY),
    fences: new Fences(),
    unshared: new Unshared(),
    tier,
    // A token loads node:crypto, and without a shared tier nobody needs to tell processes apart.
    origin: tier === undefined ? '' : newToken(),
  }
}

function createInvalidator(foundation: Foundation): Invalidator {
  const { options, tier, memory, missReasons, signals } = foundation
  return new Invalidator({
    ...foundation,
    clock: options.clock,
    shared: tier?.store,
    duringRecovery: tier?.duringRecovery,
    forget: (id) => {
      const key = memory.deleteId(id)
      if (key !== undefined) missReasons.note(key, 'evicted')
    },
    durability: options.durability,
    onInvalidated: (targets, confirmation) => signals.invalidated(targets, confirmation),
  })
}

function followLog(
  foundation: Foundation,
  tier: SharedTier,
  invalidator: Invalidator,
  random: () => number,
): LogReader {
  const { options, origin, markers, memory, signals } = foundation
  return new LogReader({
    log: tier.openLog(),
    clock: options.clock,
    random,
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
}
