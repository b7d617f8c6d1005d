import type { Clock } from '../clock.js'
import type { Unkeyable } from '../keys/canonical.js'
import {
  type CallEnd,
  type EntryCounters,
  HITS_PER_SAMPLE,
} from '../observability/entry-counters.js'
import type { Signals } from '../observability/signals.js'
import type { MemoryTier } from '../tiers/memory-tier.js'
import type { CallContexts } from './call-contexts.js'
import { EntryContext } from './entry-context.js'
import { Filler, NOTHING } from './filler.js'
import type { Call, Flight, Outcome } from './flight.js'
import type { Target } from './journal.js'
import { MemoryEntry, type Shortcuts } from './memory-entry.js'
import type { MissReason } from './miss-reasons.js'
import type { Parts } from './parts.js'
import type { EntryPolicy } from './policy.js'
import { PutOperation } from './put-operation.js'

/** Runs the method: `self` and the arguments are those of the call. */
export type Load = (self: unknown, args: readonly unknown[]) => PromiseLike<unknown>

/** What the engine makes of a value for one caller. */
interface Served {
  readonly source: 'memory' | 'redis' | 'load' | 'stale' | 'bypass'
  readonly value: unknown
}

/** What is stored under a key, and fresh. */
export interface Found {
  readonly tier: 'memory' | 'redis'
  readonly value: unknown
}

/** Where a key stands. */
export interface Located {
  /** undefined: neither tier would answer. */
  readonly tier: 'memory' | 'redis' | undefined
  /** What is stored; it may be stale. */
  readonly entry: MemoryEntry | undefined
  /** Why it would not be served as it is; undefined when it would. */
  readonly reason: MissReason | undefined
}

/**
 * One cached method, or one entry of the programmatic cache: the path of a call, and the operations
 * on a key. Made once; a memory hit is one look-up, one clock reading and a few comparisons.
 */
export class CachedEntry {
  readonly context: EntryContext
  readonly #parts: Parts
  readonly #contexts: CallContexts
  readonly #memory: MemoryTier
  readonly #counters: EntryCounters
  readonly #filler: Filler
  readonly #clock: Clock
  readonly #signals: Signals
  readonly #refreshesAhead: boolean
  readonly #shortcuts: Shortcuts = new Map()
  /** A strict entry is never answered from memory alone. */
  readonly #answersFromMemory: boolean

  constructor(policy: EntryPolicy, parts: Parts, contexts: CallContexts, counters: EntryCounters) {
    this.context = new EntryContext(policy, parts, counters)
    this.#parts = parts
    this.#contexts = contexts
    this.#memory = parts.memory
    this.#counters = counters
    this.#filler = new Filler(this.context)
    this.#clock = parts.clock
    this.#signals = parts.signals
    this.#refreshesAhead = policy.refreshAhead > 0
    this.#answersFromMemory = policy.useMemory && !this.context.isStrict
  }

  get policy(): EntryPolicy {
    return this.context.policy
  }

  keyOf(text: string, scope: string | undefined): string {
    return this.context.keyOf(text, scope)
  }

  now(): number {
    return this.#parts.clock.now()
  }

  /**
   * A memory hit for a call whose only argument is a text or a number, found by the argument itself:
   * to make its key would cost more than all the rest of a hit. undefined when there is none.
   */
  hitByArgument(argument: string | number): Promise<unknown> | undefined {
    const entry = this.#shortcuts.get(argument)
    if (entry === undefined || this.#contexts.active !== 0) return undefined
    const hit = this.#hit(entry)
    if (hit !== undefined) this.#memory.use(entry)
    return hit
  }

  /** Lets what memory has under a key be found by the only argument that makes it. */
  shorten(argument: string | number, key: string): void {
    if (!this.#answersFromMemory) return
    const entry = this.#memory.get(key)
    // Both zeros are one key of a Map, and need not be one key here.
    if (entry === undefined || entry.shortcuts !== undefined || argument === 0) return
    entry.shortcut = argument
    entry.shortcuts = this.#shortcuts
    this.#shortcuts.set(argument, entry)
  }

  /** Answers a call: from memory, from Redis, or by running the method. */
  read(
    key: string,
    scope: string | undefined,
    load: Load,
    self: unknown,
    args: readonly unknown[],
    onWaiting?: () => void,
  ): Promise<unknown> {
    const entry = this.#memory.get(key)
    if (entry !== undefined && this.#contexts.active === 0) {
      const hit = this.#hit(entry)
      if (hit !== undefined) return hit
    }
    this.#counters.slowCalls++
    return this.#readSlowly({ key, scope, args, onWaiting, load: () => load(self, args) }, entry)
  }

  /** Runs the method for a call that has no key, or is not to be cached. */
  bypass(load: Load, self: unknown, args: readonly unknown[]): Promise<unknown> {
    this.#counters.slowCalls++
    return this.#counted(undefined, async () => ({
      source: 'bypass',
      value: await load(self, args),
    }))
  }

  /** The value in memory, if a read would be answered with it; undefined otherwise. Counts nothing. */
  peek(key: string): { readonly value: unknown } | undefined {
    const entry = this.#memory.get(key)
    return entry === undefined ? undefined : this.#peeked(entry)
  }

  /** As `peek`, for what `hitByArgument` would find. */
  peekByArgument(argument: string | number): { readonly value: unknown } | undefined {
    const entry = this.#shortcuts.get(argument)
    if (entry === undefined) return undefined
    this.#memory.use(entry)
    return this.#peeked(entry)
  }

  /** Loads a key anew, whatever is stored; what is stored is served meanwhile. */
  async refresh(
    key: string,
    scope: string | undefined,
    load: Load,
    self: unknown,
    args: readonly unknown[],
  ): Promise<unknown> {
    if (this.#parts.lifecycle.isClosed) return load(self, args)
    this.#counters.refreshes++
    // What is running began earlier: it must not replace what this load brings.
    this.#parts.fences.break(this.context.idOf(key))
    const call: Call = { key, scope, args, load: () => load(self, args) }
    const flight = this.#filler.start(call, { mode: 'force', offer: true })
    const outcome = await flight.result
    return outcome.stored === undefined ? outcome.value : outcome.stored.take()
  }

  targetOf(key: string): Target {
    return this.targetFor(this.context.idOf(key))
  }

  targetFor(id: string): Target {
    return { kind: 'key', name: id, namespace: this.context.namespaceMarker.name }
  }

  /** Arguments that cannot be a key: one warning, and the call passes by the cache. */
  reportUnkeyable(unkeyable: Unkeyable): void {
    this.#parts.signals.notKeyable(this.policy.label, unkeyable.path, unkeyable.reason)
  }

  /** A callback of the options threw: one warning, and the call passes by the cache. */
  reportCallback(): void {
    this.#parts.signals.callbackFailed(this.policy.label)
  }

  /**
   * Makes what is stored stale, here and in Redis; it may still stand in for a failing method. Says
   * whether Redis confirmed it.
   */
  async expire(key: string): Promise<boolean> {
    const id = this.context.idOf(key)
    const { shared, origin } = this.#parts
    this.#expireHere(key, id)
    if (shared === undefined) return true
    try {
      await shared.expire(id, origin)
      return true
    } catch {
      return false
    } finally {
      // What was read from Redis meanwhile was fresh there.
      this.#expireHere(key, id)
    }
  }

  /** Every key of the entry, in every scope. */
  wholeTarget(): Target {
    const { entryMarker, namespaceMarker } = this.context
    return { kind: 'marker', name: entryMarker.name, namespace: namespaceMarker.name }
  }

  /** Begins a put: what is loaded from now on until it ends can no longer be stored. */
  beginPut(key: string, scope: string | undefined): Promise<PutOperation> {
    return PutOperation.begin(this.context, this.#filler.keeper, key, scope)
  }

  /** The stored value, if one is fresh in memory or in Redis. Runs nothing, and counts nothing. */
  async lookUp(key: string, scope: string | undefined): Promise<Found | undefined> {
    if (this.#contexts.current()?.touches(this.#namesOf(key, scope)) === true) return undefined
    const { fences } = this.#parts
    const fence = fences.open(this.context.idOf(key))
    try {
      const { tier, entry, reason } = await this.locate(key, scope)
      if (tier === undefined || entry === undefined || reason !== undefined) return undefined
      if (tier === 'redis') this.#filler.keeper.adopt(entry, fence.intact)
      return { tier, value: entry.stored.take() }
    } finally {
      fences.close(fence)
    }
  }

  /** As `lookUp`, and counted: finding nothing is a miss. */
  find(key: string, scope: string | undefined): Promise<Found | undefined> {
    this.#counters.slowCalls++
    const finding = this.#counted(key, async () => {
      const reason = this.missReasonOf(key)
      const found = await this.lookUp(key, scope)
      if (found === undefined && reason !== undefined) this.#parts.missReasons.note(key, reason)
      return { source: found?.tier ?? 'load', value: found }
    })
    return finding as Promise<Found | undefined>
  }

  /** The entry that a read would be answered with, and from which tier. Changes nothing. */
  async locate(key: string, scope: string | undefined): Promise<Located> {
    const now = this.#parts.clock.now()
    const entry = this.#memory.get(key)
    const isUsable = entry !== undefined && this.#answersFromMemory && this.#holds(entry, now)
    if (isUsable && now < entry.freshUntil) return { tier: 'memory', entry, reason: undefined }
    const reader = {
      key,
      markers: this.context.markersOf(scope),
      begun: this.#parts.markers.position,
      begunAt: now,
    }
    const id = this.context.idOf(key)
    if (this.#filler.reader.mayRead(id, reader.markers)) {
      const look = await this.#filler.reader.look(reader, id)
      if (look.found !== undefined) {
        const isFresh = this.#parts.clock.now() < look.found.freshUntil
        return { tier: 'redis', entry: look.found, reason: isFresh ? undefined : 'expired' }
      }
      return { tier: undefined, entry: isUsable ? entry : undefined, reason: look.reason }
    }
    const reason = this.#parts.journal.isQuarantined(id)
      ? 'quarantined'
      : (this.missReasonOf(key) ?? 'cold')
    return { tier: undefined, entry: isUsable ? entry : undefined, reason }
  }

  /** Why the last read of a key was not answered from the cache, as far as it is remembered. */
  missReasonOf(key: string): MissReason | undefined {
    const entry = this.#memory.get(key)
    const reason = entry === undefined ? undefined : this.#reasonAgainst(entry)
    return reason ?? this.#parts.missReasons.of(key)
  }

  #expireHere(key: string, id: string): void {
    const { memory, clock, fences } = this.#parts
    fences.break(id)
    const entry = memory.get(key)
    const now = clock.now()
    if (entry !== undefined && entry.freshUntil > now) {
      memory.set(new MemoryEntry({ ...entry, freshUntil: now, refreshAt: now }))
    }
  }

  /** All names by which a key can be invalidated, but for its tags. */
  #namesOf(key: string, scope: string | undefined): string[] {
    return [this.context.idOf(key), ...this.context.markersOf(scope).map(({ name }) => name)]
  }

  /** The answer from memory, if it is one at once. */
  #hit(entry: MemoryEntry): Promise<unknown> | undefined {
    if (!this.#answersFromMemory) return undefined
    const now = this.#clock.now()
    if (now >= entry.freshUntil || !this.#holds(entry, now)) return undefined
    if (this.#refreshesAhead && now >= entry.refreshAt) return undefined
    const isSample = (++this.#counters.fastHits & (HITS_PER_SAMPLE - 1)) === 0
    if (isSample || this.#signals.isObserved) return this.#hitTimed(entry, now)
    return Promise.resolve(entry.stored.take())
  }

  #peeked(entry: MemoryEntry): { readonly value: unknown } | undefined {
    if (!this.#answersFromMemory) return undefined
    const now = this.#clock.now()
    if (now >= entry.freshUntil || !this.#holds(entry, now)) return undefined
    return { value: entry.stored.take() }
  }

  #hitTimed(entry: MemoryEntry, begunAt: number): Promise<unknown> {
    const value = entry.stored.take()
    this.#signals.hit(this.#counters, this.#clock.now() - begunAt)
    return Promise.resolve(value)
  }

  #readSlowly(call: Call, entry: MemoryEntry | undefined): Promise<unknown> {
    return this.#counted(call.key, () => {
      if (this.#parts.lifecycle.isClosed) return this.#direct(call)
      const unit = this.#contexts.current()
      if (unit !== undefined) return this.#readInside(call, entry, unit.touches.bind(unit))
      if (this.context.isStrict) {
        return this.#readStrictly(call, entry)
      }
      return this.#readBounded(call, entry)
    })
  }

  async #readBounded(call: Call, entry: MemoryEntry | undefined): Promise<Served> {
    const now = this.#parts.clock.now()
    const candidate = entry !== undefined && this.#holds(entry, now) ? entry : undefined
    if (entry !== undefined && this.policy.useMemory) this.#noteMiss(call.key, entry)
    if (candidate !== undefined && now < this.context.staleUntil(candidate)) {
      this.#refreshInBackground(call, candidate, now)
      return {
        source: now < candidate.freshUntil ? 'memory' : 'stale',
        value: candidate.stored.take(),
      }
    }
    const running = this.#parts.flights.find(call.key)
    if (running === undefined || !this.#filler.isJoinable(running, now)) {
      const stale = candidate
      const flight = this.#filler.start(call, { mode: 'read', offer: true, stale })
      return this.#await(flight, call, false)
    }
    // Its own method asks for it: to wait would be to wait for ever.
    if (this.#parts.flights.wouldDeadlock(running)) return this.#direct(call)
    this.#counters.coalesced++
    call.onWaiting?.()
    return this.#await(running, call, true)
  }

  /** One round trip always; only what is found missing there is shared with others. */
  async #readStrictly(call: Call, entry: MemoryEntry | undefined): Promise<Served> {
    const flight = this.#filler.start(call, { mode: 'read', offer: false, known: entry })
    return this.#await(flight, call, false)
  }

  /** Inside a unit of work: nothing it has touched is read, nothing it reads is shared. */
  async #readInside(
    call: Call,
    entry: MemoryEntry | undefined,
    touches: (names: Iterable<string>) => boolean,
  ): Promise<Served> {
    const now = this.#parts.clock.now()
    const names = this.#namesOf(call.key, call.scope)
    if (
      entry !== undefined &&
      this.#answersFromMemory &&
      now < entry.freshUntil &&
      this.#holds(entry, now) &&
      !touches(names) &&
      !touches(entry.markers.map(({ name }) => name))
    ) {
      return { source: 'memory', value: entry.stored.take() }
    }
    return this.#direct(call)
  }

  async #direct(call: Call): Promise<Served> {
    return { source: 'bypass', value: await call.load() }
  }

  async #await(flight: Flight, call: Call, isJoiner: boolean): Promise<Served> {
    const { flights } = this.#parts
    let outcome: Outcome
    try {
      const result = isJoiner ? flights.waitFor(flight, flight.result) : flight.result
      outcome = await this.#withinSoftTimeout(flight, result)
    } catch (error) {
      const fallback = this.#fallback(flight)
      if (fallback === undefined) throw error
      return { source: 'stale', value: fallback.stored.take() }
    }
    if (outcome === NOTHING && isJoiner) return this.#readBounded(call, this.#memory.get(call.key))
    if (outcome.stored === undefined) {
      // A value that cannot be copied belongs to the caller whose method made it.
      return isJoiner || outcome.source === 'stale'
        ? this.#direct(call)
        : { source: 'load', value: outcome.value }
    }
    if (outcome.source === 'stale' && flight.stale !== undefined) {
      this.#refreshInBackground(call, flight.stale, this.#parts.clock.now())
    }
    return { source: outcome.source, value: outcome.stored.take() }
  }

  /** After the soft timeout the caller gets the stale value, and the load goes on without it. */
  #withinSoftTimeout(flight: Flight, result: Promise<Outcome>): Promise<Outcome> {
    const { clock, background } = this.#parts
    if (!Number.isFinite(this.policy.softTimeout)) return result
    return new Promise((resolve, reject) => {
      const cancel = clock.schedule(this.policy.softTimeout, () => {
        const fallback = this.#fallback(flight)
        if (fallback === undefined) return
        background.run('late-load', result)
        resolve({ source: 'stale', stored: fallback.stored, value: undefined })
      })
      result.then(resolve, reject).finally(cancel)
    })
  }

  /** The last good value, if it may stand in: not evicted since, not too old. */
  #fallback(flight: Flight): MemoryEntry | undefined {
    const { stale } = flight
    const now = this.#parts.clock.now()
    if (stale === undefined || !flight.fence.intact || now >= stale.keptUntil) return undefined
    return this.#holds(stale, now) ? stale : undefined
  }

  #refreshInBackground(call: Call, entry: MemoryEntry, now: number): void {
    const { flights, background } = this.#parts
    const running = flights.find(call.key)
    if (running !== undefined && this.#filler.isJoinable(running, now)) return
    if (this.#filler.loader.isPaused(call.key, now)) return
    this.#counters.refreshes++
    const refresh = { ...call, onWaiting: undefined }
    // What memory has lost meanwhile may have been evicted: nobody may fall back to it.
    const stale = this.#memory.get(call.key) === entry ? entry : undefined
    const flight = this.#filler.start(refresh, { mode: 'refresh', offer: true, stale })
    background.run('refresh', flight.result)
  }

  /** Whether an entry in memory may be used at all: not invalidated, and within the bound. */
  #holds(entry: MemoryEntry, now: number): boolean {
    return this.context.isValid(entry) && this.context.isTrusted(entry.begunAt, now)
  }

  #noteMiss(key: string, entry: MemoryEntry): void {
    const reason = this.#reasonAgainst(entry)
    if (reason !== undefined) this.#parts.missReasons.note(key, reason)
  }

  #reasonAgainst(entry: MemoryEntry): MissReason | undefined {
    const now = this.#parts.clock.now()
    const changed = entry.markers.findIndex((marker) => marker.changedAt > entry.begun)
    if (changed !== -1) return this.#reasonOfMarker(entry.markers[changed]?.name ?? '')
    if (!this.#holds(entry, now)) return 'log-interrupted'
    return now >= entry.freshUntil ? 'expired' : undefined
  }

  #reasonOfMarker(name: string): MissReason {
    if (this.#parts.names.isTagMarker(name)) return 'tag-invalidated'
    if (name === this.context.namespaceMarker.name) return 'namespace-cleared'
    return name === this.context.entryMarker.name ? 'entry-cleared' : 'scope-cleared'
  }

  /** Counts what became of a call: exactly one end each. */
  async #counted(key: string | undefined, answer: () => Promise<Served>): Promise<unknown> {
    const { clock, signals, missReasons } = this.#parts
    const begunAt = clock.now()
    let end: CallEnd = 'error'
    try {
      const { source, value } = await answer()
      end = source === 'load' ? 'miss' : source
      return value
    } finally {
      this.#counters.slowEnds++
      const reason = end === 'miss' && key !== undefined ? missReasons.of(key) : undefined
      signals.answered(this.#counters, end, clock.now() - begunAt, reason)
    }
  }
}
