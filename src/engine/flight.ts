import type { Stored } from '../values/isolation.js'
import type { Capture, SharedStore } from '../tiers/shared-store.js'
import type { Fence } from './fences.js'
import type { Marker } from './markers.js'
import type { MemoryEntry } from './memory-entry.js'
import type { Slot, SlotQueue } from './slots.js'
import type { UnsharedLoad } from './unshared.js'

/** Where a value came from. */
export type Source = 'memory' | 'redis' | 'load' | 'stale'

/** What a flight brings to everybody who waits for it. */
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

/** What was known of a key when Redis was asked about it: the answer is held against it. */
export interface Question {
  /** Milliseconds of the clock. What Redis answers was stored before, and was valid then. */
  readonly at: number
  /** What memory had. What is there later and is not this one has come meanwhile. */
  readonly inMemory: MemoryEntry | undefined
  /** The load that had been served by then and was not known to be in Redis. */
  readonly unshared: UnsharedLoad | undefined
}

/** What was known of a key when its method was called: what the method returns is as new as that. */
export interface LoadStart {
  /** Milliseconds of the clock. */
  readonly at: number
  /** The number, in the journal, of the last invalidation that this process had issued. */
  readonly issue: number
  /** What memory had: older than what the method returns. */
  readonly inMemory: MemoryEntry | undefined
}

/** One running fill of one key (single flight): whoever asks for the key meanwhile waits for its result. */
export class Flight {
  readonly key: string
  readonly mode: FlightMode
  /** Another one when the flight begins anew. */
  fence: Fence
  /** Namespace, entry, scope; the tags are not known until the load has ended. */
  readonly markers: readonly Marker[]
  /**
   * Where the order of invalidations stood when it began, or began anew: none of its markers may have
   * changed since.
   */
  position: number
  /** Milliseconds of the clock. Its method may be called long after: others may have held the lease. */
  readonly begunAt: number
  /** The last one that was put to Redis; there is none until `EntryContext.ask`. */
  question!: Question
  /** What may be served while the method runs, or when it fails. */
  stale: MemoryEntry | undefined
  lease: Lease | undefined
  /** What memory holds of a strict entry: worth nothing until Redis says that it is current. */
  readonly known: MemoryEntry | undefined
  /** The flights that this one's method waits for: a circle of these would wait for ever. */
  waitsFor: Set<Flight> | undefined
  /** The flight whose method began this one. */
  begunBy: Flight | undefined
  /** Whether its method has been called. */
  hasBegun = false
  /** Where its load waits for a slot of the entry's `concurrency`. */
  queue: SlotQueue | undefined
  /** The slot in which its load runs. */
  slot: Slot | undefined
  result!: Promise<Outcome>

  /** The name of its key in Redis, and in fences, journal and log. */
  get id(): string {
    return this.fence.id
  }

  constructor(parts: {
    readonly key: string
    readonly mode: FlightMode
    readonly fence: Fence
    readonly markers: readonly Marker[]
    readonly position: number
    readonly begunAt: number
    readonly stale: MemoryEntry | undefined
    readonly known: MemoryEntry | undefined
  }) {
    this.key = parts.key
    this.mode = parts.mode
    this.fence = parts.fence
    this.markers = parts.markers
    this.position = parts.position
    this.begunAt = parts.begunAt
    this.stale = parts.stale
    this.known = parts.known
  }
}
