import { prepare, Stored } from '../values/isolation.js'
import type { EntryContext } from './entry-context.js'
import { EntrySealer } from './entry-sealer.js'
import type { Fence } from './fences.js'
import type { Call } from './call.js'
import type { Flight, LoadStart, Outcome, Question } from './flight.js'
import type { Loaded } from './loader.js'
import type { Marker } from './markers.js'
import { type Lifetime, MemoryEntry } from './memory-entry.js'
import { NOT_STORED } from './not-stored.js'
import { type Release, Sharer } from './sharer.js'

/** A result that is ready to be stored: copied, with its lifetime and tags. */
export interface Prepared {
  readonly stored: Stored
  readonly lifetime: Lifetime
  readonly tags: readonly Marker[]
}

/** The origin of a result, which decides how long it is valid. */
export interface Provenance {
  readonly key: string
  /** The name of the key in Redis; without Redis, the key itself. */
  readonly id: string
  readonly markers: readonly Marker[]
  /** Position in the order of invalidations before the load. */
  readonly position: number
  /** When the method was called, in milliseconds of the clock. */
  readonly begunAt: number
}

/** A read of Redis: its fence, and what was known when Redis was asked. */
interface Asking {
  readonly fence: Fence
  readonly question: Question
}

/** What to do in memory with a candidate entry and the entry present under its key. */
type Verdict =
  /** Store the candidate, in place of the present entry if there is one. */
  | 'replace'
  /**
   * Leave memory as it is: the candidate must not be stored, or the present entry is newer or
   * equally good.
   */
  | 'leave'
  /**
   * Do not store the candidate, and remove the present entry, which must not be served after it.
   */
  | 'remove'

/** Decides whether and where a result is stored, and stores it if its fence still stands. */
export class Keeper {
  readonly sealer: EntrySealer
  readonly #context: EntryContext
  readonly #sharer: Sharer

  constructor(context: EntryContext) {
    this.#context = context
    this.sealer = new EntrySealer(context)
    this.#sharer = new Sharer(context, this.sealer)
  }

  /** Whether values that are loaded here are also stored in Redis. */
  get #isShared(): boolean {
    return this.#context.policy.useRedis && this.#context.parts.shared !== undefined
  }

  /**
   * Returns what the caller gets, immediately; the store in Redis follows in the background.
   *
   * @param release called once, when the result is stored or will not be
   */
  keep(flight: Flight, call: Call, { value, start }: Loaded, release: Release): Outcome {
    const { parts } = this.#context
    const { lease } = flight
    parts.fences.loadServed(flight.fence)
    const copied = value === NOT_STORED ? undefined : this.copy(value)
    const prepared = copied === undefined ? undefined : this.prepare(copied, value, call.args)
    if (copied === undefined || prepared === undefined) {
      parts.missReasons.note(call.key, 'not-stored')
      this.#forgetOlder(flight.key, start)
      this.#keepBack(flight.id, start, release)
      return { source: 'load', stored: copied, value }
    }
    const { key, id, markers, position } = flight
    const provenance = { key, id, markers, position, begunAt: start.at }
    const installed = this.install(provenance, prepared, flight.fence.intact)
    if (installed === undefined) this.#forgetOlder(key, start)
    if (lease !== undefined && this.#isShared) {
      this.#sharer.shareLater({ flight, start, lease, prepared, installed, release })
    } else {
      this.#sharer.noteEvictedLater(flight)
      this.#keepBack(id, start, release)
    }
    return { source: 'load', stored: copied, value: undefined }
  }

  /**
   * Called for a value that was served but is not kept. Removes the entry from memory if it was
   * loaded earlier, or was read from Redis, where it may have been stored long before: otherwise
   * later callers would go back to an older value.
   */
  #forgetOlder(key: string, start: LoadStart): void {
    const { memory } = this.#context.parts
    const present = memory.get(key)
    if (present === undefined) return
    const isOlder = present === start.inMemory || present.begunAt < Math.floor(start.at)
    if (isOlder || present.shared !== undefined) memory.delete(key)
  }

  /** Ends a load whose result was served but does not go to Redis. */
  #keepBack(id: string, start: LoadStart, release: Release): void {
    if (this.#isShared) this.#sharer.note(id, start)
    const releasing = release(false)
    if (releasing !== undefined) this.#context.parts.background.run('lease', releasing)
  }

  /**
   * Returns a copy of a value. Returns undefined, and warns, when the value cannot be copied
   * exactly or is too large.
   */
  copy(value: unknown): Stored | undefined {
    const { policy, counters, parts } = this.#context
    const copied = prepare(value, policy.isolation, policy.maxValueBytes)
    if (!(copied instanceof Stored)) {
      counters.refusedValues++
      parts.signals.notCacheable(policy.label, copied.path, copied.reason)
      return undefined
    }
    return copied
  }

  /**
   * Returns the result with its lifetime and tags; undefined when it must not be stored, because it
   * is unwanted, has no time to live, or a callback failed.
   */
  prepare(stored: Stored, value: unknown, args: readonly unknown[]): Prepared | undefined {
    const { policy, parts } = this.#context
    let option = 'unless'
    try {
      const isUnwanted: unknown = policy.unless?.(value, args) ?? false
      // A promise, or another value that is not a boolean, does not tell whether to store the
      // result.
      if (typeof isUnwanted !== 'boolean') throw new TypeError('expected a boolean')
      if (isUnwanted) return undefined
      option = 'ttl'
      const lifetime = this.#context.lifetimeOf(value, args)
      if (lifetime === undefined) return undefined
      option = 'tags'
      const tags = policy.tags?.(value, args).map((tag) => this.#context.tagMarker(tag)) ?? []
      return { stored, lifetime, tags }
    } catch {
      parts.signals.callbackFailed(policy.label, `\`${option}\``, 'the result is not stored')
      return undefined
    }
  }

  /**
   * Stores a result in memory, unless something that concerns it was invalidated meanwhile. Returns
   * the stored entry; undefined when none was stored.
   */
  install(provenance: Provenance, prepared: Prepared, stands: boolean): MemoryEntry | undefined {
    const { policy, parts } = this.#context
    // A strict entry is validated by its stamp in Redis, which only a read returns.
    if (!policy.useMemory || this.#context.isStrict) return undefined
    const { lifetime, tags } = prepared
    const now = parts.clock.now()
    const entry = new MemoryEntry({
      key: provenance.key,
      id: provenance.id,
      stored: prepared.stored,
      markers: tags.length === 0 ? provenance.markers : [...provenance.markers, ...tags],
      position: provenance.position,
      begunAt: provenance.begunAt,
      freshUntil: now + lifetime.freshFor,
      refreshAt: now + lifetime.refreshAfter,
      keptUntil: now + lifetime.keptFor,
      shared: undefined,
    })
    return this.#carryOut(this.#verdictOn(entry, stands), entry) ? entry : undefined
  }

  /**
   * Stores an entry that is served from Redis in memory, unless another entry arrived there since
   * Redis was asked.
   */
  adoptFound({ fence, question }: Asking, entry: MemoryEntry): void {
    this.#carryOut(this.#verdictOnFound(entry, fence, question), entry)
  }

  /** @param stands whether the fence that the entry was loaded behind still stands */
  #verdictOn(entry: MemoryEntry, stands: boolean): Verdict {
    if (!this.#usesMemory) return 'leave'
    const present = this.#context.parts.memory.get(entry.key)
    // The callers of this load get the value anyway, so later callers must not be served an older
    // one.
    if (!this.isCurrent(entry, stands)) return isNewer(entry, present) ? 'remove' : 'leave'
    return isNewer(present, entry) ? 'leave' : 'replace'
  }

  #verdictOnFound(entry: MemoryEntry, fence: Fence, { inMemory }: Question): Verdict {
    const present = this.#context.parts.memory.get(entry.key)
    if (present !== undefined && present !== inMemory) {
      // Another entry has arrived since Redis was asked. It stays if it was loaded here, because it
      // is then no older than the answer, or if it is the same store. Otherwise it is unknown which
      // is older.
      const isAsGood = (present.shared ?? entry.shared)?.stamp === entry.shared?.stamp
      return isAsGood ? 'leave' : 'remove'
    }
    // The entry that memory had could not answer the read, so it is removed even if the answer may
    // not take its place.
    const verdict = this.#verdictOn(entry, fence.intact && !fence.isOutdated)
    return verdict === 'replace' ? 'replace' : 'remove'
  }

  get #usesMemory(): boolean {
    return this.#context.policy.useMemory && !this.#context.parts.lifecycle.isClosed
  }

  /**
   * Whether nothing that concerns an entry was invalidated meanwhile. Counts a refused store if
   * something was.
   */
  isCurrent(entry: MemoryEntry, stands: boolean): boolean {
    const { parts, counters } = this.#context
    if (stands && parts.markers.unchangedSince(entry.position, entry.markers)) return true
    counters.fencedStores++
    return false
  }

  /** Applies a verdict. Returns whether memory now holds `entry`. */
  #carryOut(verdict: Verdict, entry: MemoryEntry): boolean {
    const { parts, counters } = this.#context
    if (verdict === 'remove') parts.memory.delete(entry.key)
    if (verdict !== 'replace') return false
    parts.memory.set(entry)
    counters.stored++
    return true
  }
}

function isNewer(one: MemoryEntry | undefined, other: MemoryEntry | undefined): boolean {
  return one !== undefined && other !== undefined && one.begunAt > other.begunAt
}
