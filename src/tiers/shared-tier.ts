import type { RedisStatistics } from '../redis/redis-statistics.js'
import type { InvalidationLog, SharedStore } from './shared-store.js'

/** The shared tier as one cache holds it: the store, its log, and its comings and goings. */
export interface SharedTier {
  readonly store: SharedStore
  /** The same, reachable while everybody else still waits for the replay of invalidations. */
  readonly duringRecovery: SharedStore
  /** Opens the log, on a connection of its own. */
  openLog(): InvalidationLog
  /** Has `handler` called after each interruption: true when everything confirmed may be lost. */
  onRecover(handler: (mayHaveLost: boolean) => Promise<void>): void
  readonly isReady: boolean
  /** Why it is not used though it answers; undefined when it is. */
  readonly refusal: string | undefined
  whenReady(timeout: number): Promise<boolean>
  statistics(): Promise<RedisStatistics>
  close(): Promise<void>
}
