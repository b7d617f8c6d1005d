import type { Clock } from '../clock.js'
import type { Background } from '../engine/background.js'
import type { Cutoff } from './cutoff.js'
import type { WarmupCut } from './warmup-report.js'

/** How the wait for a promise ended. */
export type Settled<Value> =
  | { readonly kind: 'fulfilled'; readonly value: Value }
  | { readonly kind: 'rejected'; readonly error: unknown }
  | { readonly kind: 'timeout' | WarmupCut }

/** How long to wait, and what goes on without waiting. */
export interface Patience {
  readonly clock: Clock
  readonly background: Background
  readonly cutoff: Cutoff
  /** Milliseconds to wait; undefined waits without a limit. */
  readonly timeout: number | undefined
}

/**
 * Waits for `work` until it times out or the run is cut; the work then goes on in the background.
 * Uses listeners that are removed afterwards: `Promise.race` would add a reaction to a long-lived
 * promise for every item of a run.
 */
export function settleWithin<Value>(
  work: Promise<Value>,
  { clock, background, cutoff, timeout }: Patience,
): Promise<Settled<Value>> {
  return new Promise((resolve) => {
    const undo: (() => void)[] = []
    let isOver = false
    const end = (settled: Settled<Value>): void => {
      isOver = true
      for (const step of undo) step()
      resolve(settled)
    }
    const leave = (kind: 'timeout' | WarmupCut): void => {
      background.run('warmup', work)
      end({ kind })
    }
    work.then(
      (value) => {
        if (!isOver) end({ kind: 'fulfilled', value })
      },
      (error: unknown) => {
        if (!isOver) end({ kind: 'rejected', error })
      },
    )
    if (timeout !== undefined) undo.push(clock.schedule(timeout, () => leave('timeout'), true))
    undo.push(cutoff.subscribe(leave))
  })
}
