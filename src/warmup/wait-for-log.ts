import type { Clock } from '../clock.js'
import type { Cutoff } from './cutoff.js'

/** How long to wait for the invalidation log. */
export interface LogPatience {
  /**
   * Calls the listener once the invalidation log can be trusted. Returns a function that
   * unsubscribes.
   */
  readonly whenProven: (listener: () => void) => () => void
  readonly clock: Clock
  readonly cutoff: Cutoff
  /** Milliseconds after which to go on without the log. */
  readonly timeout: number
}

/**
 * Resolves when the invalidation log can be trusted, or when the time is up or the run is cut.
 * Until a process follows the log, it does not keep loaded values in memory, because it cannot know
 * whether they were invalidated. A run that did not wait would warm only Redis.
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
