import type { EntryContext } from './entry-context.js'
import type { Fence } from './fences.js'
import type { Filler } from './filler.js'
import type { MemoryEntry } from './memory-entry.js'
import type { MissReason } from './miss-reasons.js'

/** What is stored under a key, and fresh. */
export interface Found {
  readonly tier: 'memory' | 'redis'
  readonly value: unknown
}

/** Where a key stands. */
export interface Located {
  /** undefined: neither tier would answer. */
  readonly tier: 'memory' | 'redis' | undefined
  /** What that tier has; in Redis it may be stale. */
  readonly entry: MemoryEntry | undefined
  /** Why it would not be served as it is; undefined when it would. */
  readonly reason: MissReason | undefined
}

/** What the tiers behind memory say. */
type Further =
  | { readonly found: MemoryEntry; readonly reason: undefined }
  | { readonly found: undefined; readonly reason: MissReason }

/** What would become of a call. */
export interface Foreseen {
  readonly source: 'memory' | 'redis' | 'stale' | 'load' | 'error' | 'bypass'
  /** What is stored and could be used; it may be stale. */
  readonly entry: MemoryEntry | undefined
  /** Why it would not be served as it is; undefined when it would. */
  readonly reason: MissReason | undefined
}

/** Looks at what is stored without running the method, and says why it would not be served. */
export class Locator {
  readonly #context: EntryContext
  readonly #filler: Filler
  /** A strict entry is never answered from memory alone. */
  readonly #answersFromMemory: boolean

  constructor(context: EntryContext, filler: Filler, answersFromMemory: boolean) {
    this.#context = context
    this.#filler = filler
    this.#answersFromMemory = answersFromMemory
  }

  /** The stored value, if one is fresh in memory or in Redis. Runs nothing, and counts nothing. */
  async lookUp(key: string, scope: string | undefined): Promise<Found | undefined> {
    const { fences, memory } = this.#context.parts
    const fence = fences.open(this.#context.idOf(key))
    const older = memory.get(key)
    try {
      const { tier, entry, reason } = await this.locate(key, scope, fence)
      if (tier === undefined || entry === undefined || reason !== undefined) return undefined
      if (tier === 'redis') this.#filler.keeper.adoptFound({ key, fence, older }, entry)
      return { tier, value: entry.take() }
    } finally {
      fences.close(fence)
    }
  }

  /** The entry that a read would be answered with, and from which tier. Changes nothing. */
  async locate(key: string, scope: string | undefined, fence?: Fence): Promise<Located> {
    const now = this.#context.parts.clock.now()
    const entry = this.#context.parts.memory.get(key)
    const isUsable =
      entry !== undefined && this.#answersFromMemory && this.#context.holds(entry, now)
    if (isUsable && now < entry.freshUntil) return { tier: 'memory', entry, reason: undefined }
    const { found, reason } = await this.#lookFurther(key, scope, now, fence)
    if (found === undefined) return { tier: undefined, entry: undefined, reason }
    const isFresh = this.#context.parts.clock.now() < found.freshUntil
    return { tier: 'redis', entry: found, reason: isFresh ? undefined : 'expired' }
  }

  /** What a call would be answered with now, by the same rules in the same order. Changes nothing. */
  async foresee(key: string, scope: string | undefined): Promise<Foreseen> {
    const { clock, memory } = this.#context.parts
    const now = clock.now()
    const entry = memory.get(key)
    const isUsable =
      entry !== undefined && this.#answersFromMemory && this.#context.holds(entry, now)
    const known = isUsable ? entry : undefined
    if (known !== undefined && now < this.#context.staleUntil(known)) {
      return now < known.freshUntil
        ? { source: 'memory', entry: known, reason: undefined }
        : { source: 'stale', entry: known, reason: 'expired' }
    }
    const { found, reason } = await this.#lookFurther(key, scope, now)
    const at = clock.now()
    if (found !== undefined && at < found.freshUntil) {
      return { source: 'redis', entry: found, reason: undefined }
    }
    const { errorBackoff } = this.#context.policy
    const stored = found ?? known
    const why = found === undefined ? reason : 'expired'
    if (found !== undefined && at < this.#context.staleUntil(found)) {
      return { source: 'stale', entry: found, reason: why }
    }
    const isPaused = errorBackoff > 0 && this.#filler.loader.isPaused(key, at)
    if (!isPaused) return { source: 'load', entry: stored, reason: why }
    const standsIn = stored !== undefined && at < stored.keptUntil
    return { source: standsIn ? 'stale' : 'error', entry: stored, reason: 'load-failed' }
  }

  /** What Redis has, or why nothing can be had from there. */
  async #lookFurther(
    key: string,
    scope: string | undefined,
    now: number,
    fence?: Fence,
  ): Promise<Further> {
    const { parts, policy } = this.#context
    const id = this.#context.idOf(key)
    const reader = {
      key,
      markers: this.#context.markersOf(scope),
      begun: parts.markers.position,
      askedAt: now,
      unshared: parts.unshared.of(id),
      fence,
    }
    const noted = (): MissReason =>
      (this.#answersFromMemory ? this.missReasonOf(key) : parts.missReasons.of(key)) ?? 'cold'
    const shared = this.#filler.reader.storeFor(id, reader.markers)
    if (shared === undefined) {
      const isShared = parts.shared !== undefined && policy.useRedis
      return { found: undefined, reason: isShared ? 'quarantined' : noted() }
    }
    const look = await this.#filler.reader.look(shared, reader, id)
    if (look.found !== undefined) return { found: look.found, reason: undefined }
    // That Redis has nothing says less than what is known of why.
    return { found: undefined, reason: look.reason === 'cold' ? noted() : look.reason }
  }

  /** Why the last read of a key was not answered from the cache, as far as it is remembered. */
  missReasonOf(key: string): MissReason | undefined {
    const entry = this.#context.parts.memory.get(key)
    const reason = entry === undefined ? undefined : this.#reasonAgainst(entry)
    return reason ?? this.#context.parts.missReasons.of(key)
  }

  /** Remembers why memory does not answer a read. */
  noteMiss(key: string, entry: MemoryEntry): void {
    const reason = this.#reasonAgainst(entry)
    if (reason !== undefined) this.#context.parts.missReasons.note(key, reason)
  }

  #reasonAgainst(entry: MemoryEntry): MissReason | undefined {
    const now = this.#context.parts.clock.now()
    const changed = entry.markers.find((marker) => marker.changedAt > entry.begun)
    if (changed !== undefined) return this.#context.reasonOf(changed)
    if (!this.#context.holds(entry, now)) return 'log-interrupted'
    return now >= entry.freshUntil ? 'expired' : undefined
  }

  /** All names by which a key can be invalidated, but for its tags. */
  namesOf(key: string, scope: string | undefined): string[] {
    return [this.#context.idOf(key), ...this.#context.markersOf(scope).map(({ name }) => name)]
  }
}
