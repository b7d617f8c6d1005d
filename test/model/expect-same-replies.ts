import { expect } from 'chai'
import * as fc from 'fast-check'

import type { RedisServer } from '../support/servers.js'
import { SCHEDULE_PATH, SCHEDULE_SEED } from './schedule-seed.js'
import { modelSubject, redisSubject } from './store-subject.js'
import { Trace, traces } from './store-trace.js'

/** Runs so many random traces of operations on Redis and on its model: every reply is the same. */
export async function expectSameReplies(server: RedisServer, numRuns: number): Promise<void> {
  const real = await redisSubject(server)
  const property = fc.asyncProperty(traces(), async (steps) => {
    await real.fill(false)
    await real.flush()
    const expected = await new Trace(real).run(steps)
    const replies = await new Trace(modelSubject()).run(steps)
    expect(replies.join('\n')).to.equal(expected.join('\n'))
  })
  const path = SCHEDULE_PATH === '' ? {} : { path: SCHEDULE_PATH, endOnFailure: true }
  try {
    await fc.assert(property, { numRuns, seed: SCHEDULE_SEED, ...path })
  } finally {
    await real.close()
  }
}
