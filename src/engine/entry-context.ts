import { EntryKeys } from '../keys/entry-keys.js'
import { fingerprint } from '../keys/hash.js'
import type { EntryCounters } from '../observability/entry-counters.js'
import type { Flight, Question } from './flight.js'
import type { Marker } from './markers.js'
import type { Lifetime, MemoryEntry } from './memory-entry.js'
import type { MissReason } from './miss-reasons.js'
import type { Parts } from './parts.js'
import type { EntryPolicy } from './policy.js'
import type { UnitOfWork } from './unit-of-work.js'

/** State shared by the parts of one entry: its policy, its markers, and how its keys are named. */
export class EntryContext {
  readonly policy: EntryPolicy
  readonly parts: Parts
  readonly counters: EntryCounters
  /** Prefix of every key of this entry; unique among the entries of the process. */
  readonly prefix: string
  readonly keys: EntryKeys
  /**
   * Whether every read is validated in Redis. Always false without Redis, where no other process
   * can change the data.
   */
  readonly isStrict: boolean
  /** Whether memory may answer without asking Redis; never true for a strict entry. */
  readonly answersFromMemory: boolean
  readonly namespaceMarker: Marker
  readonly entryMarker: Marker
  /** The full identity that the prefix abbreviates; used wherever a key leaves the process. */
  readonly #identity: string
  readonly #unscoped: readonly Marker[]

  constructor(policy: EntryPolicy, parts: Parts, counters: EntryCounters) {
    this.policy = policy
    this.parts = parts
    this.counters = counters
    this.#identity = identityOf(policy.namespace, policy.entry, policy.version)
    this.prefix = shortened(this.#identity)
    this.keys = new EntryKeys(this.prefix, (key) => parts.memory.get(key)?.key ?? key)
    this.isStrict = policy.consistency === 'strict' && parts.shared !== undefined
    this.answersFromMemory = policy.useMemory && !this.isStrict
    const { markers, names } = parts
    this.namespaceMarker = markers.declared(names.namespaceMarker(policy.namespace))
    this.entryMarker = markers.declared(names.entryMarker(policy.namespace, policy.entry))
    this.#unscoped = [this.namespaceMarker, this.entryMarker]
  }

  /**
   * Returns the markers that are known before a load: namespace, entry and, if there is one, scope.
   */
  markersOf(scope: string | undefined): readonly Marker[] {
    if (scope === undefined) return this.#unscoped
    const { markers, names } = this.parts
    return [...this.#unscoped, markers.find(names.scopeMarker(this.policy.namespace, scope))]
  }

  tagMarker(tag: string): Marker {
    return this.parts.markers.find(this.parts.names.tagMarker(tag))
  }

  /** Returns the reason for a miss that a change of this marker causes. */
  reasonOf({ name }: Marker): MissReason {
    if (this.parts.names.isTagMarker(name)) return 'tag-invalidated'
    if (name === this.namespaceMarker.name) return 'namespace-cleared'
    return name === this.entryMarker.name ? 'entry-cleared' : 'scope-cleared'
  }

  /** Returns the name of a key in Redis, fences, journal and log. Without Redis, the key itself. */
  idOf(key: string): string {
    if (this.parts.shared === undefined) return key
    const { namespace, entry } = this.policy
    return this.parts.names.entry(namespace, entry, key.slice(this.prefix.length))
  }

  /**
   * Returns the fingerprint that identifies a key in its envelope. Two keys may share a name in
   * Redis, but not a fingerprint.
   */
  fingerprintOf(key: string): string {
    return fingerprint(this.#identity + key.slice(this.prefix.length))
  }

  /**
   * Whether nothing that concerns the entry was invalidated since its load began. Records the
   * position up to which this is known, so that the next check is usually a single comparison.
   */
  isValid(entry: MemoryEntry): boolean {
    const { markers } = this.parts
    const position = markers.position
    if (entry.position === position) return true
    if (!markers.unchangedSince(entry.position, entry.markers)) return false
    entry.position = position
    return true
  }

  /**
   * Whether memory may serve an entry whose load or read began at `begunAt`: either the
   * invalidation log was proven complete within the last `bound` milliseconds, or the load began
   * within the last `outageTtl` milliseconds.
   */
  isTrusted(begunAt: number, now: number): boolean {
    const { log, settings } = this.parts
    return log.provenAt >= now - settings.bound || begunAt >= now - settings.outageTtl
  }

  /**
   * Time until which memory may serve an entry, as far as is known now. Infinity while the log is
   * proven complete within the bound.
   */
  trustedUntil(entry: MemoryEntry, now: number): number {
    const { log, settings } = this.parts
    return log.provenAt >= now - settings.bound ? Infinity : entry.begunAt + settings.outageTtl
  }

  /**
   * Whether an entry in memory may be used at all, fresh or stale: it is not invalidated, and is
   * trusted (`isTrusted`).
   */
  holds(entry: MemoryEntry, now: number): boolean {
    return this.isValid(entry) && this.isTrusted(entry.begunAt, now)
  }

  /**
   * Whether memory answers with this entry: `answersFromMemory`, and the entry is fresh, not
   * invalidated, and trusted (`isTrusted`).
   */
  answers(entry: MemoryEntry, now: number): boolean {
    return this.answersFromMemory && now < entry.freshUntil && this.holds(entry, now)
  }

  /**
   * Like `answers`, inside a unit of work, which must not have changed anything that concerns the
   * entry.
   */
  answersIn(unit: UnitOfWork, entry: MemoryEntry, now: number): boolean {
    return this.answers(entry, now) && !unit.touches([entry.id]) && !unit.touchesAny(entry.markers)
  }

  /**
   * Whether callers may join a flight and its result may be stored: as far as this process knows,
   * nothing that concerns the flight was invalidated since it began.
   */
  stands(flight: Flight): boolean {
    const { markers } = this.parts
    const { intact, isOutdated } = flight.fence
    if (!intact || isOutdated || !markers.unchangedSince(flight.position, flight.markers))
      return false
    // The tags of the result are not known yet, so any tag invalidated since the flight began may
    // be one of them.
    return this.policy.tags === undefined || markers.tagsChangedAt <= flight.position
  }

  /** Returns what this process knows about a key just before it asks Redis. */
  questionAbout(key: string, id: string): Question {
    const { memory, clock, unshared } = this.parts
    return { at: clock.now(), inMemory: memory.get(key), unshared: unshared.of(id) }
  }

  /** Records what is known now, just before Redis is asked on behalf of a flight. */
  ask(flight: Flight): void {
    flight.question = this.questionAbout(flight.key, flight.id)
    this.parts.fences.asks(flight.fence)
  }

  /** Time until which a stale entry is served while a refresh runs. */
  staleUntil(entry: MemoryEntry): number {
    return Math.min(entry.freshUntil + this.policy.staleWhileRevalidate, entry.keptUntil)
  }

  /** Whether a fresh entry is due for a refresh ahead of its expiry. */
  isDue(entry: MemoryEntry, now: number): boolean {
    return this.policy.refreshAhead > 0 && now >= entry.refreshAt
  }

  /**
   * Milliseconds that markers must live in Redis, so that they outlive the entries that refer to
   * them.
   */
  get markersLiveFor(): number {
    const { ttl, staleIfError, staleWhileRevalidate } = this.policy
    const longest = typeof ttl === 'number' ? ttl : LONGEST_COMPUTED_TTL
    return Math.max(SHORTEST_MARKER, 2 * (longest + Math.max(staleIfError, staleWhileRevalidate)))
  }

  /** Returns the lifetime of a result; undefined when it must not be stored. */
  lifetimeOf(value: unknown, args: readonly unknown[]): Lifetime | undefined {
    const { policy, parts } = this
    const isNegative = value === null || value === undefined
    const configured =
      isNegative && policy.negativeTtl !== undefined
        ? policy.negativeTtl
        : typeof policy.ttl === 'function'
          ? policy.ttl(value, args)
          : policy.ttl
    if (!(configured > 0)) return undefined
    const freshFor = Math.max(1, Math.round(configured * (1 - policy.jitter * parts.random())))
    return {
      freshFor,
      refreshAfter: policy.refreshAhead > 0 ? freshFor * policy.refreshAhead : Infinity,
      keptFor: freshFor + Math.max(policy.staleWhileRevalidate, policy.staleIfError),
    }
  }
}

/**
 * Milliseconds: the minimum lifetime of a marker, and the ttl assumed where it is computed per
 * value.
 */
const SHORTEST_MARKER = 86_400_000
const LONGEST_COMPUTED_TTL = 30 * 86_400_000

/**
 * Prefixes each part with its length, so that no choice of names makes two entries share an
 * identity.
 */
function identityOf(...parts: readonly string[]): string {
  return `${parts.map((part) => `${part.length}:${part}`).join('/')}/`
}

/** Contains as many prefixes as the program declares entries, so it needs no bound. */
const prefixes = new Map<string, string>()

/**
 * Returns a short number for an entry's identity. The full names would take memory in every key,
 * and time to hash in every call.
 */
function shortened(identity: string): string {
  const known = prefixes.get(identity)
  if (known !== undefined) return known
  const prefix = `${prefixes.size.toString(36)}/`
  prefixes.set(identity, prefix)
  return prefix
}
