import type { UnitOfWork } from './unit-of-work.js'

/** The unit of work that the current code runs in, if any. */
export interface CallContexts {
  /** How many units of work run in this process; while it is 0 nobody needs to look further. */
  readonly active: number
  /** The one that this is called in. */
  current(): UnitOfWork | undefined
}
