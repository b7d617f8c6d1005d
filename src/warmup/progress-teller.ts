import type { Background } from '../engine/background.js'
import type { WarmupProgress } from './warmup-report.js'

/**
 * Returns a function that calls the user's listener. A failure of the listener has no effect on the
 * run and is counted once.
 */
export function progressTeller(
  onProgress: ((progress: WarmupProgress) => unknown) | undefined,
  background: Background,
): (progress: WarmupProgress) => void {
  let hasFailed = false
  const failed = (error: unknown): void => {
    if (!hasFailed) background.run('warmup', Promise.reject(error))
    hasFailed = true
  }
  return (progress) => {
    try {
      const returned = onProgress?.(progress)
      // The rejection of an async listener would otherwise be unhandled.
      if (returned instanceof Promise) returned.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
