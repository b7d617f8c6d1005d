import type { Confirmation } from '../engine/invalidator.js'
import type { Target } from '../engine/journal.js'
import type { EntryCounters } from './entry-counters.js'

export type CallOutcome = 'memory' | 'redis' | 'load' | 'stale' | 'bypass' | 'error'

/**
 * Where the engine says what happened. Whoever implements it guards it: nothing that a listener
 * does may reach the engine. A memory hit is announced only while `isObserved`.
 */
export interface Signals {
  readonly isObserved: boolean
  answered(counters: EntryCounters, outcome: CallOutcome, milliseconds: number): void
  loaded(counters: EntryCounters, milliseconds: number): void
  loadFailed(counters: EntryCounters, milliseconds: number): void
  /** An entry in Redis was damaged, of another identity, of another format. */
  unreadable(counters: EntryCounters, reason: string): void
  /** A result cannot be stored; `path` names the place in it. Warned of once per label and path. */
  notCacheable(label: string, path: string, reason: string): void
  /** Arguments cannot be a key. Warned of once per label and reason. */
  notKeyable(label: string, path: string, reason: string): void
  /** A callback of the user's options threw. Warned of once per label. */
  callbackFailed(label: string): void
  invalidated(targets: readonly Target[], confirmation: Confirmation): void
  backgroundFailed(reason: string): void
  logInterrupted(reason: string): void
}
