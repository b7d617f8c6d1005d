import type { Clock } from '../clock.js'
import type { Background } from '../engine/background.js'
import type { CacheNamespace } from '../namespace.js'

/** The internals of a cache that the warm-up needs. */
export interface WarmupHooks {
  readonly clock: Clock
  /** Runs work that goes on after nobody waits for it. */
  readonly background: Background
  /** Returns a number from 0 up to but not including 1, for the jitter of `every`. */
  readonly random: () => number
  /**
   * Returns the namespace in which the processes of a fleet agree, through Redis, on which of them
   * refreshes a key; undefined without Redis. Its values must be neither stale nor kept in memory.
   * Created at the first call, because it would appear in the statistics of processes that never
   * refresh.
   */
  readonly claims: (() => CacheNamespace) | undefined
  /**
   * Calls the listener once this process follows the invalidation log, immediately if it already
   * does. Returns a function that unsubscribes. undefined without Redis.
   */
  readonly whenProven: ((listener: () => void) => () => void) | undefined
  /**
   * Registers a function that the cache calls and awaits when it closes, before it stops serving.
   */
  onClose(close: () => Promise<void>): void
}
