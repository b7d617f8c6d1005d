import type { BackgroundReason } from '../engine/background.js'
import type { MissReason } from '../engine/miss-reasons.js'
import type { ConnectionEvent } from '../redis/connection-event.js'
import type { CallOutcome } from './signals.js'

/** One call of a cached method that has ended. No event ever carries a key, an argument or a value. */
export interface CallEvent {
  readonly namespace: string
  readonly entry: string
  /**
   * `memory` and `redis` are hits, `load` is a miss, `stale` was served in place of a fresh result,
   * `bypass` did not concern the cache, `error` is what the method threw.
   */
  readonly outcome: CallOutcome
  /** How long the caller waited. 0 for a memory hit, which is not timed. */
  readonly milliseconds: number
}

/** One run of a method. */
export interface LoadEvent {
  readonly namespace: string
  readonly entry: string
  readonly milliseconds: number
  readonly failed: boolean
}

export interface InvalidationEvent {
  readonly keys: number
  readonly markers: number
  readonly tags: number
  /** Whether Redis confirmed all of it. */
  readonly durable: boolean
}

/** Something that works less well than it could: said once per cause, or at most every ten seconds. */
export interface WarningEvent {
  readonly cause:
    | 'not-cacheable'
    | 'not-keyable'
    | 'callback-failed'
    | 'unreadable-entry'
    | 'log-interrupted'
    | 'background-failed'
    | 'observer-failed'
  /** The method, where there is one. */
  readonly label: string
  readonly message: string
}

/** Hears of what a cache does. Every method is optional; what one throws never reaches a caller. */
export interface CacheObserver {
  onCall?(event: CallEvent): void
  onLoad?(event: LoadEvent): void
  onInvalidation?(event: InvalidationEvent): void
  onConnection?(event: ConnectionEvent): void
  onWarning?(event: WarningEvent): void
}

export type { BackgroundReason, CallOutcome, ConnectionEvent, MissReason }
