import type { BackgroundReason } from '../engine/background.js'
import type { Confirmation } from '../engine/invalidator.js'
import type { Target } from '../engine/journal.js'
import type { LogGap } from '../engine/log-reader.js'
import type { MissReason } from '../engine/miss-reasons.js'
import type { CallEnd, EntryCounters } from './entry-counters.js'

/**
 * Where the engine says what happened. Whoever implements it guards it: nothing that a listener
 * does may reach the engine.
 */
export interface Signals {
  /** Whether somebody listens to every call. Asked at every memory hit, for it changes at any time. */
  readonly isObserved: boolean
  /** A memory hit that somebody listens to, or whose time is a sample. It is counted already. */
  hit(counters: EntryCounters, milliseconds: number): void
  /** Any other call that has ended. `reason` comes with a miss. */
  answered(
    counters: EntryCounters,
    end: CallEnd,
    milliseconds: number,
    reason: MissReason | undefined,
  ): void
  loaded(counters: EntryCounters, milliseconds: number): void
  loadFailed(counters: EntryCounters, milliseconds: number): void
  /** An entry in Redis was damaged, of another identity, of another format. */
  unreadable(counters: EntryCounters, reason: string): void
  /** A result cannot be stored; `path` names the place in it. Warned of once per label and path. */
  notCacheable(label: string, path: string, reason: string): void
  /** Arguments cannot be a key. Warned of once per label and reason. */
  notKeyable(label: string, path: string, reason: string, consequence: string): void
  /**
   * A callback of the user's options threw, or gave what it must not: which one, and what becomes of
   * the call. Warned of once per label and option.
   */
  callbackFailed(label: string, option: string, consequence: string): void
  invalidated(targets: readonly Target[], confirmation: Confirmation): void
  backgroundFailed(reason: BackgroundReason): void
  logInterrupted(reason: LogGap): void
}
