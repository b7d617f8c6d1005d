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

/** What the parts of one entry share: its policy, its markers, and where its keys live. */
export class EntryContext {
  readonly policy: EntryPolicy
  readonly parts: Parts
  readonly counters: EntryCounters
  /** Begins every key of this entry; no two entries of the process share it. */
  readonly prefix: string
  readonly keys: EntryKeys
  /** Whether every read is validated in Redis. Without Redis there is nobody to disagree with. */
  readonly isStrict: boolean
  /** Whether memory may answer by itself: never for a strict entry. */
  readonly answersFromMemory: boolean
  readonly namespaceMarker: Marker
  readonly entryMarker: Marker
  /** What the prefix stands for, wherever a key leaves the process. */
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

  /** The markers known before a load: namespace, entry, scope. */
  markersOf(scope: string | undefined): readonly Marker[] {
    if (scope === undefined) return this.#unscoped
    const { markers, names } = this.parts
    return [...this.#unscoped, markers.find(names.scopeMarker(this.policy.namespace, scope))]
  }

  tagMarker(tag: string): Marker {
    return this.parts.markers.find(this.parts.names.tagMarker(tag))
  }

  /** Why a read finds nothing, once one of its markers has changed. */
  reasonOf({ name }: Marker): MissReason {
    if (this.parts.names.isTagMarker(name)) return 'tag-invalidated'
    if (name === this.namespaceMarker.name) return 'namespace-cleared'
    return name === this.entryMarker.name ? 'entry-cleared' : 'scope-cleared'
  }

  /** The name of a key in Redis, and in fences, journal and log. Without Redis the key itself. */
  idOf(key: string): string {
    if (this.parts.shared === undefined) return key
    const { namespace, entry } = this.policy
    return this.parts.names.entry(namespace, entry, key.slice(this.prefix.length))
  }

  /** Stands for the identity of a key in its envelope: placement may collide, this does not. */
  fingerprintOf(key: string): string {
    return fingerprint(this.#identity + key.slice(this.prefix.length))
  }

  /**
   * Whether nothing has been invalidated since the entry's load began that concerns it. Notes how far
   * that is known, so that the next time one comparison tells.
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
   * Whether memory may answer with what began to load at `begunAt`: either the log is proven to
   * within the bound, or the load itself began so shortly ago that it is within the bound anyway.
   */
  isTrusted(begunAt: number, now: number): boolean {
    const { log, settings } = this.parts
    return log.provenAt >= now - settings.bound || begunAt >= now - settings.outageTtl
  }

  /** Up to when memory may answer with an entry, for all that is known now. */
  trustedUntil(entry: MemoryEntry, now: number): number {
    const { log, settings } = this.parts
    return log.provenAt >= now - settings.bound ? Infinity : entry.begunAt + settings.outageTtl
  }

  /** Whether an entry in memory may be used at all: not invalidated, and within the bound. */
  holds(entry: MemoryEntry, now: number): boolean {
    return this.isValid(entry) && this.isTrusted(entry.begunAt, now)
  }

  /** Whether memory answers with an entry as it is: fresh, not invalidated, and within the bound. */
  answers(entry: MemoryEntry, now: number): boolean {
    return this.answersFromMemory && now < entry.freshUntil && this.holds(entry, now)
  }

  /** As `answers`, inside of a unit of work: it must not have changed anything that concerns the entry. */
  answersIn(unit: UnitOfWork, entry: MemoryEntry, now: number): boolean {
    return this.answers(entry, now) && !unit.touches([entry.id]) && !unit.touchesAny(entry.markers)
  }

  /**
   * Whether a flight may be joined, and may store what it loads: as far as this process has heard,
   * nothing that concerns it was invalidated since it began.
   */
  stands(flight: Flight): boolean {
    const { markers } = this.parts
    const { intact, isOutdated } = flight.fence
    if (!intact || isOutdated || !markers.unchangedSince(flight.position, flight.markers))
      return false
    // Its tags are not known yet: any tag invalidated since it began may be one of them.
    return this.policy.tags === undefined || markers.tagsChangedAt <= flight.position
  }

  /** What is known of a key now, when Redis is about to be asked about it. */
  questionAbout(key: string, id: string): Question {
    const { memory, clock, unshared } = this.parts
    return { at: clock.now(), inMemory: memory.get(key), unshared: unshared.of(id) }
  }

  /** Redis is about to be asked for a flight: notes what is known now. */
  ask(flight: Flight): void {
    flight.question = this.questionAbout(flight.key, flight.id)
    this.parts.fences.asks(flight.fence)
  }

  /** Up to when an entry is served while a refresh runs. */
  staleUntil(entry: MemoryEntry): number {
    return Math.min(entry.freshUntil + this.policy.staleWhileRevalidate, entry.keptUntil)
  }

  /** Whether an entry that is still fresh is to be refreshed ahead. */
  isDue(entry: MemoryEntry, now: number): boolean {
    return this.policy.refreshAhead > 0 && now >= entry.refreshAt
  }

  /** For how long the markers of an entry must outlive it. */
  get markersLiveFor(): number {
    const { ttl, staleIfError, staleWhileRevalidate } = this.policy
    const longest = typeof ttl === 'number' ? ttl : LONGEST_COMPUTED_TTL
    return Math.max(SHORTEST_MARKER, 2 * (longest + Math.max(staleIfError, staleWhileRevalidate)))
  }

  /** How long a result is to live; undefined when it is not to be stored. */
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

/** Milliseconds that a marker lives at least, and that a computed ttl is taken to be. */
const SHORTEST_MARKER = 86_400_000
const LONGEST_COMPUTED_TTL = 30 * 86_400_000

/** Lengths before the parts, so that no choice of names can make two entries meet. */
function identityOf(...parts: readonly string[]): string {
  return `${parts.map((part) => `${part.length}:${part}`).join('/')}/`
}

/** As many as the program declares entries. */
const prefixes = new Map<string, string>()

/** Names would be in every key in memory, and hashed with every call. A number does. */
function shortened(identity: string): string {
  const known = prefixes.get(identity)
  if (known !== undefined) return known
  const prefix = `${prefixes.size.toString(36)}/`
  prefixes.set(identity, prefix)
  return prefix
}
