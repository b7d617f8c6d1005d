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

/** A result, copied and with all that its options say of it: ready to be stored. */
export interface Prepared {
  readonly stored: Stored
  readonly lifetime: Lifetime
  readonly tags: readonly Marker[]
}

/** What a result was loaded under, which decides for how long it is valid. */
export interface Provenance {
  readonly key: string
  /** The name of the key in Redis; without Redis the key itself. */
  readonly id: string
  readonly markers: readonly Marker[]
  /** Where the order of invalidations stood before the load. */
  readonly position: number
  /** When the method was called. Milliseconds of the clock. */
  readonly begunAt: number
}

/** Whoever has asked Redis, and what stood then. */
interface Asking {
  readonly fence: Fence
  readonly question: Question
}

/** What becomes of memory under the key of an entry that could go there. */
type Verdict =
  /** The entry takes the place of what is there, if anything is. */
  | 'replace'
  /** What is there stays: it is no older. */
  | 'leave'
  /** The entry must not go there, and what is there must not be served after it. */
  | 'remove'

/** Decides what becomes of a result, and puts it where its fence still lets it go. */
export class Keeper {
  readonly sealer: EntrySealer
  readonly #context: EntryContext
  readonly #sharer: Sharer

  constructor(context: EntryContext) {
    this.#context = context
    this.sealer = new EntrySealer(context)
    this.#sharer = new Sharer(context, this.sealer)
  }

  /** Whether what is loaded here belongs into Redis as well. */
  get #isShared(): boolean {
    return this.#context.policy.useRedis && this.#context.parts.shared !== undefined
  }

  /**
   * What the caller gets, at once; what is stored follows in the background.
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
   * What is served and not kept would be followed by what was loaded before it, or was read in Redis,
   * where it may have been for long.
   */
  #forgetOlder(key: string, start: LoadStart): void {
    const { memory } = this.#context.parts
    const present = memory.get(key)
    if (present === undefined) return
    const isOlder = present === start.inMemory || present.begunAt < Math.floor(start.at)
    if (isOlder || present.shared !== undefined) memory.delete(key)
  }

  /** The result is served, and does not go to Redis. */
  #keepBack(id: string, start: LoadStart, release: Release): void {
    if (this.#isShared) this.#sharer.note(id, start)
    const releasing = release(false)
    if (releasing !== undefined) this.#context.parts.background.run('lease', releasing)
  }

  /** undefined, and one warning, when the value cannot be copied exactly or is too large. */
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

  /** undefined when the result is not to be stored: unwanted, no time to live, a callback that threw. */
  prepare(stored: Stored, value: unknown, args: readonly unknown[]): Prepared | undefined {
    const { policy, parts } = this.#context
    let option = 'unless'
    try {
      const isUnwanted: unknown = policy.unless?.(value, args) ?? false
      // Neither: a promise, or what is no answer. Whether it may be stored cannot be told.
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

  /** Puts a result into memory, unless something that concerns it was invalidated meanwhile. */
  install(provenance: Provenance, prepared: Prepared, stands: boolean): MemoryEntry | undefined {
    const { policy, parts } = this.#context
    // A strict entry is validated by its stamp in Redis, which only a read brings.
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

  /** Puts what is served out of Redis into memory, unless something has come there since it was asked for. */
  adoptFound({ fence, question }: Asking, entry: MemoryEntry): void {
    this.#carryOut(this.#verdictOnFound(entry, fence, question), entry)
  }

  /** @param stands whether the fence still stands that it was loaded behind */
  #verdictOn(entry: MemoryEntry, stands: boolean): Verdict {
    if (!this.#usesMemory) return 'leave'
    const present = this.#context.parts.memory.get(entry.key)
    // Its callers get it all the same, and nobody who comes after them what is older.
    if (!this.isCurrent(entry, stands)) return isNewer(entry, present) ? 'remove' : 'leave'
    return isNewer(present, entry) ? 'leave' : 'replace'
  }

  #verdictOnFound(entry: MemoryEntry, fence: Fence, { inMemory }: Question): Verdict {
    const present = this.#context.parts.memory.get(entry.key)
    if (present !== undefined && present !== inMemory) {
      // What was loaded here since Redis was asked is no older than the answer; nor is the answer itself.
      const isAsGood = (present.shared ?? entry.shared)?.stamp === entry.shared?.stamp
      return isAsGood ? 'leave' : 'remove'
    }
    // What memory had then did not do: it goes, whether or not the answer may take its place.
    const verdict = this.#verdictOn(entry, fence.intact && !fence.isOutdated)
    return verdict === 'replace' ? 'replace' : 'remove'
  }

  get #usesMemory(): boolean {
    return this.#context.policy.useMemory && !this.#context.parts.lifecycle.isClosed
  }

  /** Whether nothing that concerns an entry was invalidated meanwhile. Counts those that are not current. */
  isCurrent(entry: MemoryEntry, stands: boolean): boolean {
    const { parts, counters } = this.#context
    if (stands && parts.markers.unchangedSince(entry.position, entry.markers)) return true
    counters.fencedStores++
    return false
  }

  /** Says whether memory has the entry now. */
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
