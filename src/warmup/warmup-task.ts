import type { Open } from './argument-source.js'
import type { Pace } from './pace.js'
import type { Schedule } from './schedule.js'
import type { Slots } from './slots.js'
import type { WarmTarget } from './warm-target.js'

/**
 * The task of one `@Warm` of one instance, or of the added items of one name. Lives as long as the
 * instance.
 */
export interface WarmupTask {
  /** Name in reports. */
  readonly name: string
  readonly priority: number
  readonly isCritical: boolean
  /** Milliseconds to wait for one load; undefined leaves the limit to the entry. */
  readonly timeout: number | undefined
  /** The task's own limit on loads at once, shared by all runs. */
  readonly slots: Slots
  /** The task's own limit on loads per second, shared by all runs; undefined sets none. */
  readonly pace: Pace | undefined
  readonly open: Open
  /** Returns the target of an item; undefined when the item is not an argument list. */
  targetOf(item: unknown): WarmTarget | undefined
  readonly schedule: Schedule | undefined
  /** Number of runs that include the task now. */
  running: number
}
