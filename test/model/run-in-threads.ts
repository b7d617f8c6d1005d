import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import pLimit from 'p-limit'

import type { Tally } from './run-scenarios.js'

/** What one thread is to run. */
export interface Share {
  readonly isFaulty: boolean
  /** How many processes share the Redis of a scenario. */
  readonly processes: number
  readonly numRuns: number
  readonly seed: number
  /** Of one schedule, to repeat it; '' for all. */
  readonly path: string
}

/** What a thread says when it has done its share. */
export type Result = { readonly tally: Tally } | { readonly failure: string }

/**
 * Runs shares of schedules, each in a thread of its own, so many at a time.
 *
 * @throws when a schedule breaks the promise: its seed and path, its scenario, and what happened
 */
export async function runInThreads(shares: readonly Share[], threads: number): Promise<Tally> {
  const limit = pLimit(threads)
  const tallies = await Promise.all(shares.map((share) => limit(() => runInThread(share))))
  return tallies.reduce((sum, tally) => ({
    runs: sum.runs + tally.runs,
    crossings: sum.crossings + tally.crossings,
    quietReads: sum.quietReads + tally.quietReads,
    quietLoads: sum.quietLoads + tally.quietLoads,
  }))
}

async function runInThread(workerData: Share): Promise<Tally> {
  const worker = new Worker(new URL('./fixtures/schedules.js', import.meta.url), { workerData })
  const [result] = (await once(worker, 'message')) as [Result]
  await worker.terminate()
  if ('tally' in result) return result.tally
  throw new Error(result.failure)
}
