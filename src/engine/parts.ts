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

/** Everything that the entries of one cache share. Built once, in `create-cache.ts`. */
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
  /** This cache's name in the invalidation log. */
  readonly origin: string
  readonly lifecycle: { readonly isClosed: boolean }
  /** The random source: 0 up to, not including, 1. */
  readonly random: () => number
  readonly settings: Settings
}

/** Milliseconds, all of them. */
export interface Settings {
  /** For how long memory may be served on the last proof that the log is alive. */
  readonly bound: number
  /** For how long memory may be served without one; at least `bound`. */
  readonly outageTtl: number
  /** How long a lease runs before it must be renewed. */
  readonly leaseFor: number
  /**
   * Once so many reads of an entry in a row have found nothing in Redis, the next one asks for the lease
   * at once, which brings what is there as well: a round trip less where nothing is.
   */
  readonly emptyLooks: number
}
