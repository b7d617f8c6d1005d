import { expect } from 'chai'

import { runInThreads, type Share } from './run-in-threads.js'
import { hitRatio } from './run-scenarios.js'
import { SCHEDULE_PATH, SCHEDULE_SEED } from './schedule-seed.js'

const THREADS = Number(process.env['SCHEDULE_THREADS'] ?? 2)
/** Schedules of one thread at most: threads end now and then, so that nothing adds up. */
const LONGEST_SHARE = 5_000

/**
 * Runs so many schedules, sees that they were worth something, and adds to the title of the test what
 * they were; or the one schedule that `SCHEDULE_PATH` names.
 */
export async function countSchedules(
  { test }: Mocha.Context,
  kind: Pick<Share, 'isFaulty' | 'processes'>,
  runs: number,
): Promise<void> {
  if (SCHEDULE_PATH !== '') {
    await runInThreads([{ ...kind, numRuns: 1, seed: SCHEDULE_SEED, path: SCHEDULE_PATH }], 1)
    return
  }
  const count = Math.max(THREADS, Math.ceil(runs / LONGEST_SHARE))
  const shares = Array.from({ length: count }, (_, index) => ({
    ...kind,
    numRuns: Math.ceil(runs / count),
    seed: SCHEDULE_SEED + index,
    path: '',
  }))
  const tally = await runInThreads(shares, THREADS)
  const crossing = tally.crossings / tally.runs
  const hits = hitRatio(tally)
  if (test !== undefined) {
    test.title += ` (${tally.runs} schedules, ${percent(crossing)} crossing, ${percent(hits)} hits)`
  }
  expect(tally.runs).to.be.at.least(runs)
  // It is not kept by luck: invalidations and loads do cross.
  expect(crossing).to.be.at.least(0.3)
  // Nor by never caching.
  expect(hits).to.be.at.least(0.95)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
