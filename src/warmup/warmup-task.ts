import type { Open } from './argument-source.js'
import type { Pace } from './pace.js'
import type { Schedule } from './schedule.js'
import type { Slots } from './slots.js'
import type { WarmTarget } from './warm-target.js'

/** One `@Warm` of one instance, or the added items of one name. Lives as long as the instance does. */
export interface WarmupTask {
  /** How it is called in reports. */
  readonly name: string
  readonly priority: number
  readonly isCritical: boolean
  /** Milliseconds for which one load is waited for; undefined leaves that to the entry. */
  readonly timeout: number | undefined
  /** Its own bound, over all runs. */
  readonly slots: Slots
  /** How fast its loads may begin, over all runs; undefined: as fast as there are slots. */
  readonly pace: Pace | undefined
  readonly open: Open
  /** undefined for what is not an argument list. */
  targetOf(item: unknown): WarmTarget | undefined
  readonly schedule: Schedule | undefined
  /** How many runs it is a part of now. */
  running: number
}
