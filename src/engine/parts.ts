import type { Clock } from '../clock.js'
import type { Names } from '../keys/names.js'
import type { Signals } from '../observability/signals.js'
import type { MemoryTier } from '../tiers/memory-tier.js'
import type { SharedStore } from '../tiers/shared-store.js'
import type { Sealer } from '../values/sealer.js'
import type { Background } from './background.js'
import type { Fences } from './fences.js'
import type { Flights } from './flights.js'
import type { Invalidator } from './invalidator.js'
import type { Journal } from './journal.js'
import type { LogProof } from './log-reader.js'
import type { Markers } from './markers.js'
import type { MissReasons } from './miss-reasons.js'
import type { Unshared } from './unshared.js'

/** The components that all entries of one cache share. Built once, in `compose-parts.ts`. */
export interface Parts {
  readonly clock: Clock
  readonly names: Names
  readonly memory: MemoryTier
  readonly shared: SharedStore | undefined
  readonly sealer: Sealer
  readonly markers: Markers
  readonly fences: Fences
  readonly unshared: Unshared
  readonly flights: Flights
  readonly journal: Journal
  readonly invalidator: Invalidator
  readonly background: Background
  readonly log: LogProof
  readonly signals: Signals
  readonly missReasons: MissReasons
  /** The name of this cache in the invalidation log. */
  readonly origin: string
  readonly lifecycle: { readonly isClosed: boolean }
  /** Source of random numbers: at least 0, less than 1. */
  readonly random: () => number
  readonly settings: Settings
}

/** Settings of one cache. Times are in milliseconds. */
export interface Settings {
  /** How long memory may be served after the last proof that the log is alive. */
  readonly bound: number
  /** How long memory may be served without such a proof; at least `bound`. */
  readonly outageTtl: number
  /** How long a lease lasts before it must be renewed. */
  readonly leaseFor: number
  /**
   * Number of reads in a row that must find nothing in Redis before the next read of the entry asks
   * for the lease right away. The reply also contains a stored entry, so a miss saves a round trip.
   */
  readonly emptyLooks: number
}
