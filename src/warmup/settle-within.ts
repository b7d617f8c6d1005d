import type { Clock } from '../clock.js'
import type { Background } from '../engine/background.js'
import type { Cutoff } from './cutoff.js'
import type { WarmupCut } from './warmup-report.js'

/** How the waiting for something ended. */
export type Settled<Value> =
  | { readonly kind: 'fulfilled'; readonly value: Value }
  | { readonly kind: 'rejected'; readonly error: unknown }
  | { readonly kind: 'timeout' | WarmupCut }

export interface Patience {
  readonly clock: Clock
  readonly background: Background
  readonly cutoff: Cutoff
  /** Milliseconds; undefined waits for as long as it takes. */
  readonly timeout: number | undefined
}

/**
 * Waits for `work`, but not beyond the patience; the work itself goes on in the background. It uses
 * listeners that are taken away, where `Promise.race` would add to the cutoff's promise with every
 * item of a run, for as long as the run lasts.
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
