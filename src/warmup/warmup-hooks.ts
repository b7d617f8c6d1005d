import type { Clock } from '../clock.js'
import type { Background } from '../engine/background.js'
import type { CacheNamespace } from '../namespace.js'

/** What the warm-up needs of the inside of a cache. */
export interface WarmupHooks {
  readonly clock: Clock
  /** Takes what goes on after nobody waits for it any more. */
  readonly background: Background
  /** A number from 0 to 1, for the jitter of `every`. */
  readonly random: () => number
  /**
   * Where the processes of a fleet agree, in Redis, on who refreshes what; undefined without Redis.
   * Its values must neither be served stale nor be kept in memory. Made at the first call, since most
   * processes never refresh and would list it all the same.
   */
  readonly claims: (() => CacheNamespace) | undefined
  /**
   * Calls the listener once this process follows the log of invalidations, at once if it does;
   * returns what takes that back. undefined without Redis.
   */
  readonly whenProven: ((listener: () => void) => () => void) | undefined
  /** Has `close` called, and waited for, when the cache is closed, before it stops answering. */
  onClose(close: () => Promise<void>): void
}
