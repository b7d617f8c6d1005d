import type { Clock } from '../clock.js'
import type { Cutoff } from './cutoff.js'

export interface LogPatience {
  /** Calls the listener once the log of invalidations can be trusted; returns what takes that back. */
  readonly whenProven: (listener: () => void) => () => void
  readonly clock: Clock
  readonly cutoff: Cutoff
  /** Milliseconds after which it is done without. */
  readonly timeout: number
}

/**
 * Resolves when the log of invalidations can be trusted, or nobody waits for it any more. What a
 * process loads before it follows the log is served and not kept in memory, since nothing proves then
 * that it was not invalidated: a run that does not wait would warm Redis only.
 */
export function waitForLog(patience: LogPatience): Promise<void> {
  const { whenProven, clock, cutoff, timeout } = patience
  return new Promise((resolve) => {
    const undo: (() => void)[] = []
    let isOver = false
    const end = (): void => {
      isOver = true
      for (const step of undo) step()
      resolve()
    }
    const causes = [
      () => whenProven(end),
      () => cutoff.subscribe(end),
      () => clock.schedule(timeout, end, true),
    ]
    for (const listen of causes) if (!isOver) undo.push(listen())
  })
}
