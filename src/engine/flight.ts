import type { Stored } from '../values/isolation.js'
import type { Capture, SharedStore } from '../tiers/shared-store.js'
import type { Fence } from './fences.js'
import type { Marker } from './markers.js'
import type { MemoryEntry } from './memory-entry.js'
import type { Served } from './unshared.js'

/** Where a value came from. */
export type Source = 'memory' | 'redis' | 'load' | 'stale'

export interface Outcome {
  readonly source: Source
  /** undefined: the value cannot be copied, so only the caller whose method made it may have it. */
  readonly stored: Stored | undefined
  /** What the method returned, when `stored` is undefined. */
  readonly value: unknown
}

export type FlightMode =
  /** Somebody waits for a value. */
  | 'read'
  /** In the background: needless once somebody else has done it, or is doing it. */
  | 'refresh'
  /** Asked for by name: whatever is stored is loaded anew. */
  | 'force'

/** The lease of a key in Redis, and what was captured with it. */
export interface Lease {
  readonly token: string
  readonly capture: Capture
  /** Where it was got, and what it lets store goes. */
  readonly shared: SharedStore
}

/** One running fill of one key, and everybody who waits for it. */
export class Flight {
  readonly key: string
  readonly mode: FlightMode
  fence: Fence
  /** Namespace, entry, scope; the tags are not known until the load has ended. */
  readonly markers: readonly Marker[]
  /** The position of the markers when it began: none that concerns it may have changed since. */
  begun: number
  readonly begunAt: number
  /** When Redis was asked last: what it has answered was stored before. */
  askedAt: number
  /**
   * When its method was called, which may be long after it began: others may have held the lease. What
   * it brings is as new as that. Infinity until then.
   */
  loadBegunAt = Number.POSITIVE_INFINITY
  /** The last invalidation that this process had issued then. */
  loadBegunAfter = 0
  /** What memory had under the key when Redis, or its method, was asked last: older than the answer. */
  older: MemoryEntry | undefined
  /** What may be served meanwhile, or should the load fail. */
  stale: MemoryEntry | undefined
  lease: Lease | undefined
  /** What memory holds of a strict entry: worth nothing until Redis says that it is current. */
  readonly known: MemoryEntry | undefined
  /** What was served and not known to be in Redis when it was asked last. */
  unshared: Served | undefined
  /** The flights that this one's method waits for: a circle of these would wait for ever. */
  waitsFor: Set<Flight> | undefined
  /** The flight whose method began this one. */
  begunBy: Flight | undefined
  result!: Promise<Outcome>

  /** By what name its key goes in fences, journal and log. */
  get id(): string {
    return this.fence.id
  }

  constructor(parts: {
    readonly key: string
    readonly mode: FlightMode
    readonly fence: Fence
    readonly markers: readonly Marker[]
    readonly begun: number
    readonly begunAt: number
    readonly stale: MemoryEntry | undefined
    readonly known: MemoryEntry | undefined
    readonly unshared: Served | undefined
  }) {
    this.key = parts.key
    this.mode = parts.mode
    this.fence = parts.fence
    this.markers = parts.markers
    this.begun = parts.begun
    this.begunAt = parts.begunAt
    this.askedAt = parts.begunAt
    this.stale = parts.stale
    this.known = parts.known
    this.unshared = parts.unshared
  }
}
