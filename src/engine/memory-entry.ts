import type { Stored } from '../values/isolation.js'
import type { Marker } from './markers.js'

/** One value in this process' memory, with everything that decides whether it may still be served. */
export interface MemoryEntry {
  /** Its name in the invalidation log (with Redis), else its key. */
  readonly id: string
  readonly stored: Stored
  /** Namespace, entry, scope and tags: none may have changed since `begun`. */
  readonly markers: readonly Marker[]
  /** Position in the order of invalidations when its load, or the read that brought it, began. */
  readonly begun: number
  /** When that was. Milliseconds of the clock. */
  readonly begunAt: number
  /** Up to when it is served as it is. */
  readonly freshUntil: number
  /** From when a read starts a refresh in the background; Infinity is never. */
  readonly refreshAt: number
  /** Up to when it is served while a refresh runs. */
  readonly staleUntil: number
  /** Up to when it is served because the method failed. */
  readonly keptUntil: number
  /** Which store of the entry in Redis this is, and the tokens it was stored under. */
  readonly shared: SharedOrigin | undefined
  /** Up to which position its markers are known not to have changed. */
  checked: number
}

export interface SharedOrigin {
  readonly stamp: Buffer
  /** Tokens of namespace, entry and scope. */
  readonly tokens: readonly string[]
  /** Tag markers by name, with their tokens. */
  readonly tags: readonly { readonly marker: string; readonly token: string }[]
}

/** The spans of an entry's life, in milliseconds from now. */
export interface Lifetime {
  readonly freshFor: number
  readonly refreshAfter: number
  readonly staleFor: number
  readonly keptFor: number
}
