import type { EntryContext } from './entry-context.js'
import type { Fence } from './fences.js'
import type { Filler } from './filler.js'
import type { Question } from './flight.js'
import type { MemoryEntry } from './memory-entry.js'
import type { MissReason } from './miss-reasons.js'
import { missReasonOf, type Reader } from './shared-reader.js'
import type { UnitOfWork } from './unit-of-work.js'

/** A fresh value that is stored under a key. */
export interface Found {
  readonly tier: 'memory' | 'redis'
  readonly value: unknown
}

/** The state of a key in both tiers. */
export interface Located {
  /** The tier that would answer; undefined when neither would. */
  readonly tier: 'memory' | 'redis' | undefined
  /** The entry in that tier. An entry in Redis may be stale. */
  readonly entry: MemoryEntry | undefined
  /** Why the entry would not be served as it is; undefined when it would be. */
  readonly reason: MissReason | undefined
}

/** The result of a read in Redis. */
type Further =
  | { readonly found: MemoryEntry; readonly reason: undefined }
  | { readonly found: undefined; readonly reason: MissReason }

/** The expected outcome of a call. */
export interface Foreseen {
  readonly source: 'memory' | 'redis' | 'stale' | 'load' | 'error' | 'bypass'
  /** The stored entry that could be used, fresh or stale. */
  readonly entry: MemoryEntry | undefined
  /** Why the entry would not be served as it is; undefined when it would be. */
  readonly reason: MissReason | undefined
}

/** Looks up stored entries without running the method, and explains why one would not be served. */
export class Locator {
  readonly #context: EntryContext
  readonly #filler: Filler

  constructor(context: EntryContext, filler: Filler) {
    this.#context = context
    this.#filler = filler
  }

  /**
   * Returns the stored value if it is fresh in memory or in Redis. Runs no method and counts
   * nothing.
   *
   * @param unit the current unit of work; entries that it has changed are not found
   */
  async lookUp(
    key: string,
    scope: string | undefined,
    unit: UnitOfWork | undefined,
  ): Promise<Found | undefined> {
    if (unit?.touches(this.#namesOf(key, scope)) === true) return undefined
    const { fences } = this.#context.parts
    const id = this.#context.idOf(key)
    const fence = fences.open(id)
    const reader = this.#readerOf(key, id, scope, fence)
    try {
      const { tier, entry, reason } = await this.#locate(reader, id)
      if (tier === undefined || entry === undefined || reason !== undefined) return undefined
      // The tags of the entry are known only now.
      if (unit?.touchesAny(entry.markers) === true) return undefined
      if (tier === 'redis') {
        this.#filler.keeper.adoptFound({ fence, question: reader.question }, entry)
      }
      return { tier, value: entry.take() }
    } finally {
      fences.close(fence)
    }
  }

  /** Returns the entry that would answer a read, and its tier. Changes nothing. */
  locate(key: string, scope: string | undefined): Promise<Located> {
    const id = this.#context.idOf(key)
    return this.#locate(this.#readerOf(key, id, scope, undefined), id)
  }

  async #locate(reader: Reader, id: string): Promise<Located> {
    const now = reader.question.at
    const known = this.#usableIn(reader.question)
    if (known !== undefined && now < known.freshUntil) {
      return { tier: 'memory', entry: known, reason: undefined }
    }
    const { found, reason } = await this.#lookFurther(reader, id)
    if (found === undefined) return { tier: undefined, entry: undefined, reason }
    const isFresh = this.#context.parts.clock.now() < found.freshUntil
    return { tier: 'redis', entry: found, reason: isFresh ? undefined : 'expired' }
  }

  /** Predicts how a call would be answered now, by the rules of a call. Changes nothing. */
  async foresee(key: string, scope: string | undefined): Promise<Foreseen> {
    const id = this.#context.idOf(key)
    const reader = this.#readerOf(key, id, scope, undefined)
    const now = reader.question.at
    const known = this.#usableIn(reader.question)
    if (known !== undefined && now < this.#context.staleUntil(known)) {
      return now < known.freshUntil
        ? { source: 'memory', entry: known, reason: undefined }
        : { source: 'stale', entry: known, reason: 'expired' }
    }
    const { found, reason } = await this.#lookFurther(reader, id)
    const at = this.#context.parts.clock.now()
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

  #readerOf(key: string, id: string, scope: string | undefined, fence: Fence | undefined): Reader {
    return {
      key,
      markers: this.#context.markersOf(scope),
      position: this.#context.parts.markers.position,
      question: this.#context.questionAbout(key, id),
      fence,
    }
  }

  /** Returns the entry in memory, fresh or stale, if memory may answer with it. */
  #usableIn({ inMemory, at }: Question): MemoryEntry | undefined {
    if (inMemory === undefined || !this.#context.answersFromMemory) return undefined
    return this.#context.holds(inMemory, at) ? inMemory : undefined
  }

  /** Returns the entry in Redis, or the reason why none can be used. */
  async #lookFurther(reader: Reader, id: string): Promise<Further> {
    const { parts, policy } = this.#context
    const { key, markers } = reader
    const noted = (): MissReason =>
      (this.#context.answersFromMemory ? this.missReasonOf(key) : parts.missReasons.of(key)) ??
      'cold'
    const shared = this.#filler.reader.storeFor(id, markers)
    if (shared === undefined) {
      const isShared = parts.shared !== undefined && policy.useRedis
      return { found: undefined, reason: isShared ? 'quarantined' : noted() }
    }
    const look = await this.#filler.reader.look(shared, reader, id)
    if (look.kind === 'found') return { found: look.entry, reason: undefined }
    // An absent entry does not say why it is absent; a remembered reason does.
    return { found: undefined, reason: look.kind === 'nothing' ? noted() : missReasonOf(look) }
  }

  /** Returns why the last read of a key was not answered from the cache, if that is remembered. */
  missReasonOf(key: string): MissReason | undefined {
    const entry = this.#context.parts.memory.get(key)
    const reason = entry === undefined ? undefined : this.#reasonAgainst(entry)
    return reason ?? this.#context.parts.missReasons.of(key)
  }

  /** Remembers why memory does not answer a read with `entry`. */
  noteMiss(key: string, entry: MemoryEntry): void {
    const reason = this.#reasonAgainst(entry)
    if (reason !== undefined) this.#context.parts.missReasons.note(key, reason)
  }

  #reasonAgainst(entry: MemoryEntry): MissReason | undefined {
    const now = this.#context.parts.clock.now()
    const changed = entry.markers.find((marker) => marker.changedAt > entry.position)
    if (changed !== undefined) return this.#context.reasonOf(changed)
    if (!this.#context.holds(entry, now)) return 'log-interrupted'
    return now >= entry.freshUntil ? 'expired' : undefined
  }

  /**
   * All names by which a key can be invalidated, except tags, which are known only from a result.
   */
  #namesOf(key: string, scope: string | undefined): string[] {
    return [this.#context.idOf(key), ...this.#context.markersOf(scope).map(({ name }) => name)]
  }
}
