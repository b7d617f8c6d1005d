import type { Stored } from '../values/isolation.js'
import type { Marker } from './markers.js'

/** What a new entry is made of. Instants are milliseconds of the clock. */
export interface MemoryEntryFields {
  readonly key: string
  readonly id: string
  readonly stored: Stored
  readonly markers: readonly Marker[]
  readonly begun: number
  readonly begunAt: number
  readonly freshUntil: number
  readonly refreshAt: number
  readonly keptUntil: number
  readonly shared: SharedOrigin | undefined
}

/** Where an entry is also found by the argument itself, without making its key. */
export type Shortcuts = Map<string | number, MemoryEntry>

/**
 * One value in this process' memory, with everything that decides whether it may still be served.
 * Instants are whole milliseconds, rounded so that nothing lives longer: as small integers they
 * take no memory of their own, which fractions would, five times per entry.
 */
export class MemoryEntry {
  readonly key: string
  /** Its name in the invalidation log (with Redis), else its key. */
  readonly id: string
  readonly stored: Stored
  /** Namespace, entry, scope and tags: none may have changed since `begun`. */
  readonly markers: readonly Marker[]
  /** Position in the order of invalidations when its load, or the read that brought it, began. */
  readonly begun: number
  /** When that was. */
  readonly begunAt: number
  /** Up to when it is served as it is. */
  readonly freshUntil: number
  /** From when a read starts a refresh in the background, where the entry has `refreshAhead`. */
  readonly refreshAt: number
  /** Up to when it may be served stale, for whatever reason. */
  readonly keptUntil: number
  /** Which store of the entry in Redis this is, and the tokens it was stored under. */
  readonly shared: SharedOrigin | undefined
  /** Up to which position its markers are known not to have changed. */
  checked: number
  /** At which insertion into memory it was last moved to the front. */
  usedAt = 0
  /** The argument by which it is also found. */
  shortcut: string | number = 0
  shortcuts: Shortcuts | undefined = undefined

  constructor(fields: MemoryEntryFields) {
    this.key = fields.key
    this.id = fields.id
    this.stored = fields.stored
    this.markers = fields.markers
    this.begun = fields.begun
    this.begunAt = Math.floor(fields.begunAt)
    this.freshUntil = Math.floor(fields.freshUntil)
    this.refreshAt = Math.floor(fields.refreshAt)
    this.keptUntil = Math.floor(fields.keptUntil)
    this.shared = fields.shared
    this.checked = fields.begun
  }
}

export interface SharedOrigin {
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
