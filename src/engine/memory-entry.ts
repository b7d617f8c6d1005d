import { type Holding, Stored } from '../values/isolation.js'
import type { Marker } from './markers.js'
import type { Shortcuts } from './shortcuts.js'

/** The data of a new entry. Times are milliseconds of the clock. */
export interface MemoryEntryFields {
  readonly key: string
  readonly id: string
  readonly stored: Stored
  readonly markers: readonly Marker[]
  readonly position: number
  readonly begunAt: number
  readonly freshUntil: number
  /** Infinity means never. */
  readonly refreshAt: number
  readonly keptUntil: number
  readonly shared: SharedOrigin | undefined
}

/** The data that most entries of one cached method have in common. */
interface Terms {
  /** Namespace, entry, scope and tags. */
  readonly markers: readonly Marker[]
  /** Milliseconds that an entry is kept after it is no longer fresh. */
  readonly staleFor: number
  /** Milliseconds before the end of freshness at which reads start to refresh the entry. */
  readonly dueBefore: number
  /** undefined when the id equals the key. */
  readonly id: string | undefined
  readonly shared: SharedOrigin | undefined
  /** Index of the method's entries by argument, once it contains one of them. */
  shortcuts: Shortcuts | undefined
}

/** The low bits of an entry's weight say how its value is held; the rest is its size in bytes. */
const IS_SHARED = 1
const IS_LIVE = 2
const IS_RICH = 4
const FLAGS = 8

/** Number of markers that every entry has: those of its namespace and of its method. */
const DECLARED = 2

/** By list of markers: entries of a method that have neither tags nor a scope share one list. */
const lastTerms = new WeakMap<readonly Marker[], Terms>()

/**
 * One value in the memory of this process, with all that decides whether it may still be served.
 *
 * There may be a hundred thousand entries, so each has eight fields and no other object of its own:
 * data that other entries have in common is in their shared terms. Times are whole milliseconds,
 * rounded down so that nothing lives longer; small integers take no memory of their own.
 */
export class MemoryEntry {
  readonly key: string
  /** Position in the order of invalidations up to which the entry is known to be valid. */
  position: number
  /** When the load, or the read that returned the entry, began. */
  readonly begunAt: number
  /** The time until which the entry is served as it is. */
  readonly freshUntil: number
  /** Number of the insertion into memory at which the entry was last moved to the front. */
  usedAt = 0
  readonly #value: unknown
  readonly #weight: number
  readonly #terms: Terms

  constructor(fields: MemoryEntryFields) {
    const { stored } = fields
    this.key = fields.key
    this.position = fields.position
    this.begunAt = Math.floor(fields.begunAt)
    this.freshUntil = Math.floor(fields.freshUntil)
    this.#value = stored.value
    this.#weight =
      stored.bytes * FLAGS +
      (stored.shared ? IS_SHARED : 0) +
      (stored.isLive ? IS_LIVE : 0) +
      (stored.kind === 'rich' ? IS_RICH : 0)
    this.#terms = termsOf(fields)
  }

  /**
   * Returns the value for one caller. Unless it is `live`, no caller can change what others get.
   */
  take(): unknown {
    return (this.#weight & IS_SHARED) === 0 ? this.stored.take() : this.#value
  }

  /** The value in the form in which results are kept, created on each access. */
  get stored(): Stored {
    const kind = (this.#weight & IS_RICH) === 0 ? 'plain' : 'rich'
    return new Stored({ kind, bytes: this.bytes }, this.#value, holdingOf(this.#weight))
  }

  /** Estimated bytes of the value. */
  get bytes(): number {
    return Math.floor(this.#weight / FLAGS)
  }

  /** The entry's name in the invalidation log; without Redis, its key. */
  get id(): string {
    return this.#terms.id ?? this.key
  }

  /** Markers of namespace, entry, scope and tags. None may have changed since `position`. */
  get markers(): readonly Marker[] {
    return this.#terms.markers
  }

  /** The time from which a read starts a background refresh, if the entry has `refreshAhead`. */
  get refreshAt(): number {
    return this.freshUntil - this.#terms.dueBefore
  }

  /** The time until which the entry may be served stale, for any reason. */
  get keptUntil(): number {
    return this.freshUntil + this.#terms.staleFor
  }

  /** The store in Redis that the entry was read from; undefined when it was loaded here. */
  get shared(): SharedOrigin | undefined {
    return this.#terms.shared
  }

  /** The index that finds the entry by its argument, if one does. */
  get shortcuts(): Shortcuts | undefined {
    return this.#terms.shortcuts
  }

  set shortcuts(shortcuts: Shortcuts | undefined) {
    this.#terms.shortcuts = shortcuts
  }

  /** Returns a copy of the entry that is fresh only until `instant`. */
  expiredAt(instant: number): MemoryEntry {
    const { key, id, stored, markers, position, begunAt, keptUntil, shared } = this
    const spans = { freshUntil: instant, refreshAt: instant, keptUntil }
    return new MemoryEntry({ key, id, stored, markers, position, begunAt, ...spans, shared })
  }
}

function holdingOf(weight: number): Holding {
  if ((weight & IS_SHARED) === 0) return 'private'
  return (weight & IS_LIVE) === 0 ? 'frozen' : 'live'
}

/** Returns the terms of the last entry with the same list of markers, if they are the same. */
function termsOf(fields: MemoryEntryFields): Terms {
  const { key, markers, shared } = fields
  const freshUntil = Math.floor(fields.freshUntil)
  const staleFor = Math.floor(fields.keptUntil) - freshUntil
  const dueBefore = freshUntil - Math.floor(fields.refreshAt)
  const id = fields.id === key ? undefined : fields.id
  // A list with tags or a scope belongs to one entry; the weak map would soon hold very many.
  const isCommon = markers.length <= DECLARED
  const last = isCommon ? lastTerms.get(markers) : undefined
  if (
    last !== undefined &&
    last.staleFor === staleFor &&
    last.dueBefore === dueBefore &&
    last.id === id &&
    last.shared === shared
  ) {
    return last
  }
  const terms = { markers, staleFor, dueBefore, id, shared, shortcuts: last?.shortcuts }
  if (isCommon) lastTerms.set(markers, terms)
  return terms
}

/** Identifies the store in Redis that an entry was read from. */
export interface SharedOrigin {
  /** Identifies exactly this store; see `SharedEntry`. */
  readonly stamp: string
  /** Tokens of namespace, entry and scope, in this order. */
  readonly tokens: readonly string[]
  /** Names of the tag markers, with their tokens. */
  readonly tags: readonly { readonly marker: string; readonly token: string }[]
}

/** The durations of an entry's life, in milliseconds from now. */
export interface Lifetime {
  readonly freshFor: number
  readonly refreshAfter: number
  readonly keptFor: number
}
