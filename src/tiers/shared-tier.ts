import type { RedisStatistics } from '../redis/redis-statistics.js'
import type { InvalidationLog, SharedStore } from './shared-store.js'

/** The shared tier of one cache: the store, its log, and the state of its connections. */
export interface SharedTier {
  readonly store: SharedStore
  /**
   * The same store, which stays reachable while all other requests wait for the replay of
   * invalidations.
   */
  readonly duringRecovery: SharedStore
  /** Opens the log, on a connection of its own. */
  openLog(): InvalidationLog
  /**
   * Calls `handler` after each interruption, with whether everything that Redis confirmed may be
   * lost.
   */
  onRecover(handler: (mayHaveLost: boolean) => Promise<void>): void
  readonly isReady: boolean
  /** Why the tier is not used although it answers; undefined when it is used. */
  readonly refusal: string | undefined
  whenReady(timeout: number): Promise<boolean>
  statistics(): Promise<RedisStatistics>
  close(): Promise<void>
}
