import { type Holding, Stored } from '../values/isolation.js'
import type { Marker } from './markers.js'
import type { Shortcuts } from './shortcuts.js'

/** What a new entry is made of. Instants are milliseconds of the clock. */
export interface MemoryEntryFields {
  readonly key: string
  readonly id: string
  readonly stored: Stored
  readonly markers: readonly Marker[]
  readonly position: number
  readonly begunAt: number
  readonly freshUntil: number
  /** Infinity: never. */
  readonly refreshAt: number
  readonly keptUntil: number
  readonly shared: SharedOrigin | undefined
}

/** What most entries of one cached method have in common. */
interface Terms {
  /** Namespace, entry, scope and tags. */
  readonly markers: readonly Marker[]
  /** Milliseconds for which an entry is kept when it is no longer fresh. */
  readonly staleFor: number
  /** Milliseconds before it is no longer fresh, from when on a read refreshes it. */
  readonly dueBefore: number
  /** undefined: the key. */
  readonly id: string | undefined
  readonly shared: SharedOrigin | undefined
  /** Where its entries are found by their argument, once one of them is. */
  shortcuts: Shortcuts | undefined
}

/** The lower bits of an entry's weight say how its value is held, the others how many bytes it has. */
const IS_SHARED = 1
const IS_LIVE = 2
const IS_RICH = 4
const FLAGS = 8

/** Markers that every entry has: of its namespace and of its method. */
const DECLARED = 2

/** By markers, as the entries of a method have the same list of them, unless they have tags or a scope. */
const lastTerms = new WeakMap<readonly Marker[], Terms>()

/**
 * One value in this process' memory, with everything that decides whether it may still be served.
 *
 * There may be a hundred thousand of them, so an entry has eight fields and nothing of its own behind
 * them: what is the same for others is in the terms, which they share. Instants are whole milliseconds,
 * rounded so that nothing lives longer: as small integers they take no memory of their own.
 */
export class MemoryEntry {
  readonly key: string
  /** Up to which position in the order of invalidations its markers are known not to have changed. */
  position: number
  /** When its load, or the read that brought it, began. */
  readonly begunAt: number
  /** Up to when it is served as it is. */
  readonly freshUntil: number
  /** At which insertion into memory it was last moved to the front. */
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

  /** The value for one caller, who cannot change through it what others get. */
  take(): unknown {
    return (this.#weight & IS_SHARED) === 0 ? this.stored.take() : this.#value
  }

  /** Its value as results are kept. Made when it is asked for. */
  get stored(): Stored {
    const kind = (this.#weight & IS_RICH) === 0 ? 'plain' : 'rich'
    return new Stored({ kind, bytes: this.bytes }, this.#value, holdingOf(this.#weight))
  }

  /** Estimated bytes of the value. */
  get bytes(): number {
    return Math.floor(this.#weight / FLAGS)
  }

  /** Its name in the invalidation log (with Redis), else its key. */
  get id(): string {
    return this.#terms.id ?? this.key
  }

  /** Namespace, entry, scope and tags: none may have changed since `position`. */
  get markers(): readonly Marker[] {
    return this.#terms.markers
  }

  /** From when a read starts a refresh in the background, where the entry has `refreshAhead`. */
  get refreshAt(): number {
    return this.freshUntil - this.#terms.dueBefore
  }

  /** Up to when it may be served stale, for whatever reason. */
  get keptUntil(): number {
    return this.freshUntil + this.#terms.staleFor
  }

  /** Which store in Redis it was read from; undefined when it was loaded here. */
  get shared(): SharedOrigin | undefined {
    return this.#terms.shared
  }

  /** Where it can be found by its argument. */
  get shortcuts(): Shortcuts | undefined {
    return this.#terms.shortcuts
  }

  set shortcuts(shortcuts: Shortcuts | undefined) {
    this.#terms.shortcuts = shortcuts
  }

  /** The same, no longer fresh from `instant` on. */
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

/** Those of the entry before, if they are the same. */
function termsOf(fields: MemoryEntryFields): Terms {
  const { key, markers, shared } = fields
  const freshUntil = Math.floor(fields.freshUntil)
  const staleFor = Math.floor(fields.keptUntil) - freshUntil
  const dueBefore = freshUntil - Math.floor(fields.refreshAt)
  const id = fields.id === key ? undefined : fields.id
  // A list with tags or a scope is of this entry alone. In a weak map they would soon be very many.
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

/** The store in Redis that an entry was read from. */
export interface SharedOrigin {
  /** Names this very store; see `SharedEntry`. */
  readonly stamp: string
  /** Tokens of namespace, entry and scope. */
  readonly tokens: readonly string[]
  /** Tag markers by name, with their tokens. */
  readonly tags: readonly { readonly marker: string; readonly token: string }[]
}

/** The spans of an entry's life, in milliseconds from now. */
export interface Lifetime {
  readonly freshFor: number
  readonly refreshAfter: number
  readonly keptFor: number
}
