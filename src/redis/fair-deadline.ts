import type { Clock } from '../clock.js'

/**
 * The number of parts of a deadline, and how many milliseconds of a late timer are charged per
 * part.
 */
const PARTS = 5
const TOLERATED = 5
/** When the last part is this many milliseconds late, our own event loop was blocked. */
const BLOCKED = 60

/**
 * Calls `expired` after `delay` milliseconds, and returns a function that cancels it.
 *
 * Time during which our own event loop is blocked does not count, because neither replies nor
 * connection steps are processed in it, for instance while a process starts on a busy machine. The
 * deadline is divided into parts, and only a few milliseconds of each part's delay are charged.
 * Before `expired` is called, the loop turns once more to process what has arrived. `wasBlocked`
 * tells a caller that can afford to wait longer that the last turn was late.
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

/**
 * Aborts `controller` with `reason` after `delay` milliseconds, and returns a function that cancels
 * it. Starts over whenever the event loop was blocked at the end.
 */
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
