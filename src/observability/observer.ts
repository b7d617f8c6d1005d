import type { MissReason } from '../engine/miss-reasons.js'
import type { ConnectionEvent as ConnectionChange } from '../redis/connection-event.js'

/** Properties of every event. No event ever carries a key, an argument, a value or a tag. */
interface EventOrigin {
  /** The `prefix` of the cache. */
  readonly cache: string
}

interface EntryEvent extends EventOrigin {
  readonly namespace: string
  readonly entry: string
  /** Duration in milliseconds. For a memory hit, from finding the value to handing it out. */
  readonly milliseconds: number
}

/** A call answered with a fresh value from the cache. */
export interface HitEvent extends EntryEvent {
  readonly outcome: 'hit'
  readonly tier: 'memory' | 'redis'
}

/**
 * A call answered with the method's result, from its own run or from one shared with other callers.
 */
export interface MissEvent extends EntryEvent {
  readonly outcome: 'miss'
  readonly reason: MissReason
}

/**
 * Any other call: `stale` was answered with a value past its ttl, `bypass` did not use the cache,
 * and `error` rejected.
 */
export interface OtherCallEvent extends EntryEvent {
  readonly outcome: 'stale' | 'bypass' | 'error'
}

/** A call of a cached method that has ended. */
export type CallEvent = HitEvent | MissEvent | OtherCallEvent

/** A run of a method, for a call or a refresh. */
export interface LoadEvent extends EntryEvent {
  /** Whether the method failed. */
  readonly failed: boolean
}

/** An invalidation by this process: the number of its targets, by kind. */
export interface InvalidationEvent extends EventOrigin {
  readonly keys: number
  /** Whole namespaces, entries and scopes. */
  readonly markers: number
  readonly tags: number
  /** Whether Redis confirmed all of it. */
  readonly durable: boolean
}

/** A change of the connection to Redis. */
export type ConnectionEvent = ConnectionChange & EventOrigin

/**
 * A problem that makes the cache work less well. Given at most every ten seconds per cause and
 * label; `stats()` counts them all.
 */
export interface WarningEvent extends EventOrigin {
  readonly cause: WarningCause
  /** The method, if there is one; for `no-effect`, the option. */
  readonly label: string
  readonly message: string
}

/** What a warning is about. */
export type WarningCause =
  | 'not-cacheable'
  | 'not-keyable'
  | 'callback-failed'
  /** An option has no effect, such as an option of an entry that does not exist. */
  | 'no-effect'
  | 'unreadable-entry'
  | 'log-interrupted'
  | 'background-failed'
  | 'observer-failed'

/**
 * Listeners for the events of a cache. Each method is optional. If a listener throws or returns a
 * promise that rejects, that is reported once and otherwise ignored.
 */
export interface CacheObserver {
  /** Called when a call has ended. */
  onCall?(event: CallEvent): void
  /** Called when a call has ended as a hit. */
  onHit?(event: HitEvent): void
  /** Called when a call has ended as a miss. */
  onMiss?(event: MissEvent): void
  /** Called when a method has run for the cache. */
  onLoad?(event: LoadEvent): void
  /** Called when this process has invalidated something. */
  onInvalidation?(event: InvalidationEvent): void
  /** Called when the connection to Redis changes. */
  onConnection?(event: ConnectionEvent): void
  /** Called for each warning. */
  onWarning?(event: WarningEvent): void
}
