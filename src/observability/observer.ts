import type { MissReason } from '../engine/miss-reasons.js'
import type { ConnectionEvent as ConnectionChange } from '../redis/connection-event.js'

/** What every event says. No event ever carries a key, an argument, a value or a tag. */
interface EventOrigin {
  /** The `prefix` of the cache that it happened in. */
  readonly cache: string
}

interface EntryEvent extends EventOrigin {
  readonly namespace: string
  readonly entry: string
  /** How long it took. Of a memory hit: from when it was found until the value was at hand. */
  readonly milliseconds: number
}

/** A call that was answered with a fresh value from the cache. */
export interface HitEvent extends EntryEvent {
  readonly outcome: 'hit'
  readonly tier: 'memory' | 'redis'
}

/** A call that was answered with what its method returned, now or for another caller at the same time. */
export interface MissEvent extends EntryEvent {
  readonly outcome: 'miss'
  readonly reason: MissReason
}

/**
 * Any other call: `stale` was answered with a value past its ttl, `bypass` did not concern the
 * cache, `error` is what was thrown at the caller.
 */
export interface OtherCallEvent extends EntryEvent {
  readonly outcome: 'stale' | 'bypass' | 'error'
}

/** One call of a cached method that has ended. */
export type CallEvent = HitEvent | MissEvent | OtherCallEvent

/** One run of a method, whatever it was for. */
export interface LoadEvent extends EntryEvent {
  readonly failed: boolean
}

/** What this process has invalidated. */
export interface InvalidationEvent extends EventOrigin {
  readonly keys: number
  /** Whole namespaces, entries and scopes. */
  readonly markers: number
  readonly tags: number
  /** Whether Redis confirmed all of it. */
  readonly durable: boolean
}

/** A change in how Redis can be had. */
export type ConnectionEvent = ConnectionChange & EventOrigin

/**
 * Something that works less well than it could. Said at most every ten seconds per cause and label;
 * `stats()` counts them all.
 */
export interface WarningEvent extends EventOrigin {
  readonly cause: WarningCause
  /** The method, where there is one; of `no-effect` the option. */
  readonly label: string
  readonly message: string
}

export type WarningCause =
  | 'not-cacheable'
  | 'not-keyable'
  | 'callback-failed'
  /** An option does nothing, such as the options of an entry that does not exist. */
  | 'no-effect'
  | 'unreadable-entry'
  | 'log-interrupted'
  | 'background-failed'
  | 'observer-failed'

/**
 * Hears of what a cache does. Every method is optional, and looked up once, when the cache is made.
 * What one throws, or the promise that it returns rejects with, is reported once and goes no further.
 */
export interface CacheObserver {
  /** Every call that has ended. */
  onCall?(event: CallEvent): void
  /** Of those: the hits. */
  onHit?(event: HitEvent): void
  /** Of those: the misses. */
  onMiss?(event: MissEvent): void
  onLoad?(event: LoadEvent): void
  onInvalidation?(event: InvalidationEvent): void
  onConnection?(event: ConnectionEvent): void
  onWarning?(event: WarningEvent): void
}
