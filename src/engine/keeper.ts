import { prepare, Stored } from '../values/isolation.js'
import type { EntryContext } from './entry-context.js'
import { EntrySealer } from './entry-sealer.js'
import type { Fence } from './fences.js'
import type { Call } from './call.js'
import type { Flight, Outcome } from './flight.js'
import type { Marker } from './markers.js'
import { type Lifetime, MemoryEntry } from './memory-entry.js'
import { type Release, Sharer } from './sharer.js'

/** A result, ready to be stored. */
export interface Prepared {
  readonly stored: Stored
  readonly lifetime: Lifetime
  readonly tags: readonly Marker[]
}

/** Who vouches for a result: what it was loaded under. */
export interface Provenance {
  readonly key: string
  readonly id: string
  readonly markers: readonly Marker[]
  readonly begun: number
  readonly begunAt: number
}

/** What stood when Redis was asked. */
interface Asked {
  readonly key: string
  readonly fence: Fence
  /** What memory had. */
  readonly older: MemoryEntry | undefined
}

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

  /** What the caller gets, at once; what is stored follows in the background. */
  keep(flight: Flight, call: Call, value: unknown, release: Release): Outcome {
    const { parts } = this.#context
    const { lease } = flight
    parts.fences.serve(flight.fence)
    const copied = this.copy(value)
    const prepared = copied === undefined ? undefined : this.prepare(copied, value, call.args)
    if (copied === undefined || prepared === undefined) {
      parts.missReasons.note(call.key, 'not-stored')
      this.#forgetBefore(flight)
      this.#keepBack(flight, release)
      return { source: 'load', stored: copied, value }
    }
    const { key, id, markers, begun, loadBegunAt } = flight
    const provenance = { key, id, markers, begun, begunAt: loadBegunAt }
    const installed = this.install(provenance, prepared, flight.fence.intact)
    if (installed === undefined) this.#forgetBefore(flight)
    if (lease !== undefined && this.#isShared) {
      this.#sharer.shareLater({ flight, lease, prepared, installed, release })
    } else {
      this.#sharer.noteEvictedLater(flight)
      this.#keepBack(flight, release)
    }
    return { source: 'load', stored: copied, value: undefined }
  }

  /**
   * What is served and not kept would be followed by what was loaded before it, or was read in Redis,
   * where it may have been for long.
   */
  #forgetBefore({ key, older, loadBegunAt }: Flight): void {
    const { memory } = this.#context.parts
    const present = memory.get(key)
    if (present === undefined) return
    const isOlder = present === older || present.begunAt < Math.floor(loadBegunAt)
    if (isOlder || present.shared !== undefined) memory.delete(key)
  }

  /** It is served, and Redis will not have it. */
  #keepBack(flight: Flight, release: Release): void {
    if (this.#isShared) this.#sharer.note(flight)
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
      if (policy.unless?.(value, args) === true) return undefined
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
      begun: provenance.begun,
      begunAt: provenance.begunAt,
      freshUntil: now + lifetime.freshFor,
      refreshAt: now + lifetime.refreshAfter,
      keptUntil: now + lifetime.keptFor,
      shared: undefined,
    })
    return this.adopt(entry, stands) ? entry : undefined
  }

  /** Puts what is served out of Redis into memory, unless something has come there since it was asked for. */
  adoptFound({ key, fence, older }: Asked, entry: MemoryEntry): void {
    const { memory } = this.#context.parts
    const present = memory.get(key)
    const hasCome = present !== undefined && present !== older
    // What was loaded here since Redis was asked is no older than the answer; nor is the answer itself.
    if (hasCome && (present.shared ?? entry.shared)?.stamp === entry.shared?.stamp) return
    const isKept = !hasCome && this.adopt(entry, fence.intact && !fence.isOutdated)
    if (!isKept) memory.delete(key)
  }

  /** Puts an entry into memory if it is still valid; says whether it did. */
  adopt(entry: MemoryEntry, stands: boolean): boolean {
    const { policy, parts, counters } = this.#context
    if (!policy.useMemory || parts.lifecycle.isClosed) return false
    const present = parts.memory.get(entry.key)
    if (!stands || !parts.markers.unchangedSince(entry.begun, entry.markers)) {
      counters.fencedStores++
      // Its callers get it all the same, and nobody who comes after them what is older.
      if (present !== undefined && present.begunAt < entry.begunAt) parts.memory.delete(entry.key)
      return false
    }
    if (present !== undefined && present.begunAt > entry.begunAt) return false
    parts.memory.set(entry)
    counters.stored++
    return true
  }
}
