import type { Cache } from '../cache.js'
import { type Clock, systemClock } from '../clock.js'
import { Background } from '../engine/background.js'
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
   * Its values must neither be served stale nor be kept in memory.
   */
  readonly claims: CacheNamespace | undefined
  /** Has `close` called, and waited for, when the cache is closed, before it stops answering. */
  onClose(close: () => Promise<void>): void
}

/** A cache that lets its warm-up know what happens inside. */
export type WarmupCache = Cache & { readonly warmup?: WarmupHooks }

/** The hooks of a cache. One without hooks is not told apart by its clock, and must be stopped by hand. */
export function hooksOf(cache: WarmupCache): WarmupHooks {
  return (
    cache.warmup ?? {
      clock: systemClock,
      background: new Background(() => undefined),
      random: Math.random,
      claims: undefined,
      onClose: () => undefined,
    }
  )
}
