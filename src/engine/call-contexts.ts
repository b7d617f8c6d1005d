import type { UnitOfWork } from './unit-of-work.js'

/** Tells which unit of work, if any, the current code runs in. */
export interface CallContexts {
  /**
   * Number of units of work running in this process. While it is 0, `current` need not be called.
   */
  readonly active: number
  /** Returns the unit of work of the calling code; undefined outside of any. */
  current(): UnitOfWork | undefined
}
