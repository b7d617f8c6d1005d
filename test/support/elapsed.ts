import { eventually } from './eventually.js'

/** Resolves once so many milliseconds are over by the clock that measures faults. */
export async function elapsed(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds
  await eventually(() => performance.now() >= end, milliseconds + 5_000)
}
