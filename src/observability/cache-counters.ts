import type { BackgroundReason } from '../engine/background.js'
import type { Target } from '../engine/journal.js'
import type { LogGap } from '../engine/log-reader.js'
import type { WarningCause } from './observer.js'

/** Counters of what does not belong to a single entry. */
export class CacheCounters {
  /** Targets that this process invalidated, by kind. */
  readonly invalidated: Record<Target['kind'], number> = { key: 0, marker: 0, tag: 0 }
  /** Invalidations that Redis did not confirm when they were issued. */
  unconfirmed = 0
  /** Targets that other processes invalidated. */
  invalidatedElsewhere = 0
  readonly backgroundFailures = new Map<BackgroundReason, number>()
  readonly logInterruptions = new Map<LogGap, number>()
  readonly warnings = new Map<WarningCause, number>()

  countInvalidation(targets: readonly Target[], durable: boolean): void {
    for (const { kind } of targets) this.invalidated[kind]++
    if (!durable) this.unconfirmed++
  }

  countBackgroundFailure(reason: BackgroundReason): void {
    increment(this.backgroundFailures, reason)
  }

  countLogInterruption(reason: LogGap): void {
    increment(this.logInterruptions, reason)
  }

  countWarning(cause: WarningCause): void {
    increment(this.warnings, cause)
  }
}

function increment<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
