import type { BackgroundReason } from '../engine/background.js'
import type { Confirmation } from '../engine/invalidator.js'
import type { Target } from '../engine/journal.js'
import type { LogGap } from '../engine/log-reader.js'
import type { MissReason } from '../engine/miss-reasons.js'
import type { CallEnd, EntryCounters } from './entry-counters.js'

/**
 * Receives the events of the engine. Implementations must not let any failure of a listener reach
 * the engine.
 */
export interface Signals {
  /**
   * Whether anyone listens to every call. Asked at every memory hit, because it can change at any
   * time.
   */
  readonly isObserved: boolean
  /** A memory hit that is listened to or timed. It is counted already. */
  hit(counters: EntryCounters, milliseconds: number): void
  /** Any other call that has ended. `reason` is given for a miss. */
  answered(
    counters: EntryCounters,
    end: CallEnd,
    milliseconds: number,
    reason: MissReason | undefined,
  ): void
  loaded(counters: EntryCounters, milliseconds: number): void
  loadFailed(counters: EntryCounters, milliseconds: number): void
  /** An entry in Redis was damaged, or of another identity or format. */
  unreadable(counters: EntryCounters, reason: string): void
  /**
   * A result cannot be stored; `path` is the part of it that cannot. Warned of once per label and
   * path.
   */
  notCacheable(label: string, path: string, reason: string): void
  /** Arguments cannot be a key. Warned of once per label and reason. */
  notKeyable(label: string, path: string, reason: string, consequence: string): void
  /**
   * A callback in the user's options threw or returned an invalid value: `consequence` says what
   * happens instead. Warned of once per label and option.
   */
  callbackFailed(label: string, option: string, consequence: string): void
  invalidated(targets: readonly Target[], confirmation: Confirmation): void
  backgroundFailed(reason: BackgroundReason): void
  logInterrupted(reason: LogGap): void
}
