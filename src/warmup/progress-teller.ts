import type { Background } from '../engine/background.js'
import type { WarmupProgress } from './warmup-report.js'

/** Tells a listener of the user's; what it throws breaks nothing, and is counted once. */
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
      // An async listener returns a promise that nobody else would look after.
      if (returned instanceof Promise) returned.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
