import type { Clock } from '../clock.js'

/** A timer that fires so many milliseconds late says that our own event loop was blocked. */
const BLOCKED = 60

/**
 * Calls `expired` after `delay` milliseconds, and returns what cancels it. What arrived while the
 * event loop was blocked gets one more turn to be read before; `wasBlocked` says that the peer must
 * not be blamed.
 */
export function fairDeadline(
  clock: Clock,
  delay: number,
  expired: (wasBlocked: boolean) => void,
): () => void {
  let isOver = false
  const due = clock.now() + delay
  const cancel = clock.schedule(delay, () => {
    const wasBlocked = clock.now() - due > BLOCKED
    setImmediate(() => {
      if (!isOver) expired(wasBlocked)
    })
  })
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
