import type { Clock } from '../clock.js'

/** Into so many parts a deadline is divided, and so many milliseconds each may be late and counts. */
const PARTS = 5
const TOLERATED = 5
/** A last part that is so many milliseconds late says that our own event loop was blocked. */
const BLOCKED = 60

/**
 * Calls `expired` after `delay` milliseconds, and returns what cancels it. Time in which our own event
 * loop did not turn does not count: neither a reply nor the next step of a connection gets through in
 * it, as when a process starts on a machine that is busy with twenty others. So it may take as much
 * longer as five turns of the loop are late. What arrived meanwhile gets one more turn to be read;
 * `wasBlocked` says that the last turn was late, for whom a little longer costs nothing.
 */
export function fairDeadline(
  clock: Clock,
  delay: number,
  expired: (wasBlocked: boolean) => void,
): () => void {
  let isOver = false
  let left = delay
  let cancel = (): void => undefined
  const arm = (): void => {
    const part = Math.min(left, delay / PARTS)
    const from = clock.now()
    const turn = (): void => {
      const elapsed = clock.now() - from
      left -= Math.min(elapsed, part + TOLERATED)
      if (left >= 1) return arm()
      setImmediate(() => {
        if (!isOver) expired(elapsed - part > BLOCKED)
      })
    }
    cancel = clock.schedule(part, turn, true)
  }
  arm()
  return () => {
    isOver = true
    cancel()
  }
}

/** Aborts after `delay` milliseconds; anew, for as long again, while the event loop was blocked. */
export function fairTimeout(
  clock: Clock,
  delay: number,
  controller: AbortController,
  reason: Error,
): () => void {
  let cancel = (): void => undefined
  const arm = (): void => {
    cancel = fairDeadline(clock, delay, (wasBlocked) => {
      if (wasBlocked) arm()
      else controller.abort(reason)
    })
  }
  arm()
  return () => cancel()
}
