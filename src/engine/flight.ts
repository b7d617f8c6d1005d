import type { Stored } from '../values/isolation.js'
import type { Capture, SharedStore } from '../tiers/shared-store.js'
import type { Fence } from './fences.js'
import type { Marker } from './markers.js'
import type { MemoryEntry } from './memory-entry.js'
import type { Slot, SlotQueue } from './slots.js'
import type { UnsharedLoad } from './unshared.js'

/** Where a value came from. */
export type Source = 'memory' | 'redis' | 'load' | 'stale'

/** The result of a flight, for all callers that wait for it. */
export interface Outcome {
  readonly source: Source
  /**
   * undefined when the value cannot be copied: only the caller whose method made it may have it.
   */
  readonly stored: Stored | undefined
  /** The return value of the method, when `stored` is undefined. */
  readonly value: unknown
}

export type FlightMode =
  /** A caller waits for the value. */
  | 'read'
  /**
   * Runs in the background; not needed once another flight or process has refreshed the key or is
   * doing so.
   */
  | 'refresh'
  /** An explicit refresh: loads the value again, whatever is stored. */
  | 'force'

/** The lease of a key in Redis, and the marker tokens that were captured with it. */
export interface Lease {
  readonly token: string
  readonly capture: Capture
  /** The store that granted the lease. The result goes to the same store. */
  readonly shared: SharedStore
}

/** What this process knew about a key when it asked Redis. The answer is compared with it. */
export interface Question {
  /** Milliseconds of the clock. The answer shows what Redis held at this time or later. */
  readonly at: number
  /**
   * The entry that memory had. If memory later has another, that one arrived after the question.
   */
  readonly inMemory: MemoryEntry | undefined
  /** The load whose result had been served by then and was not known to be in Redis. */
  readonly unshared: UnsharedLoad | undefined
}

/**
 * What this process knew about a key when it called the method. The returned value is at least as
 * recent as that.
 */
export interface LoadStart {
  /** Milliseconds of the clock. */
  readonly at: number
  /** The journal number of the last invalidation that this process had issued. */
  readonly issue: number
  /** The entry that memory had; older than the value the method returns. */
  readonly inMemory: MemoryEntry | undefined
}

/**
 * One running fill of one key (single flight): other callers that ask for the key wait for its
 * result.
 */
export class Flight {
  readonly key: string
  readonly mode: FlightMode
  /** Replaced when the flight starts over. */
  fence: Fence
  /** Namespace, entry and scope; the tags are not known until the load has ended. */
  readonly markers: readonly Marker[]
  /**
   * Position in the order of invalidations when the flight began or last started over. The result
   * is valid only if none of its markers has changed since.
   */
  position: number
  /** Milliseconds of the clock. The method may be called much later, if others held the lease. */
  readonly begunAt: number
  /** The most recent question put to Redis; not set before `EntryContext.ask`. */
  question!: Question
  /** The value that may be served while the method runs or when it fails. */
  stale: MemoryEntry | undefined
  lease: Lease | undefined
  /**
   * The entry that memory holds for a strict read. It must not be served until Redis confirms that
   * it is current.
   */
  readonly known: MemoryEntry | undefined
  /** The flights that this flight waits for. A cycle of waiting flights would never end. */
  waitsFor: Set<Flight> | undefined
  /** The flight whose method started this one. */
  begunBy: Flight | undefined
  /** Whether its method has been called. */
  hasBegun = false
  /** The queue in which its load waits for a slot of the entry's `concurrency`. */
  queue: SlotQueue | undefined
  /** The slot in which its load runs. */
  slot: Slot | undefined
  result!: Promise<Outcome>

  /** The name of its key in Redis, fences, journal and log. */
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
