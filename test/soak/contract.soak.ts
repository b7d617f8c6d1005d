import { expectSameReplies } from '../model/expect-same-replies.js'
import { SCHEDULE_SEED } from '../model/schedule-seed.js'
import { CONTRACT_ARGUMENTS } from '../model/store-subject.js'
import { startRedis } from '../support/servers.js'

/** Traces of operations; `TRACE_RUNS` names another number. */
const TRACES = Number(process.env['TRACE_RUNS'] ?? 2_000)

describe(`RedisStore and its model, ${TRACES} traces (SCHEDULE_SEED=${SCHEDULE_SEED})`, function () {
  this.timeout(0)

  it('I1-I22: the model, on which the promise is tried, does what Redis does', async () => {
    const server = await startRedis(CONTRACT_ARGUMENTS)
    try {
      await expectSameReplies(server, TRACES)
    } finally {
      await server.stop()
    }
  })
})
