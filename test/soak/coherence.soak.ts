import { countSchedules } from '../model/count-schedules.js'
import { SCHEDULE_SEED } from '../model/schedule-seed.js'

/** Schedules in all; `SCHEDULE_RUNS` names another number. */
const RUNS = Number(process.env['SCHEDULE_RUNS'] ?? 40_000)

/** `SCHEDULE_SEED` and `SCHEDULE_PATH` repeat what a failure names, `-g` says of which kind. */
describe(`Coherence under very many random schedules (SCHEDULE_SEED=${SCHEDULE_SEED})`, function () {
  this.timeout(0)

  for (const isFaulty of [false, true]) {
    for (const processes of [2, 3]) {
      const what = `${isFaulty ? 'with' : 'without'} faults, ${processes} processes`

      it(`I1-I22, I27: no read is older than an acknowledged invalidation, ${what}`, async function () {
        await countSchedules(this, { isFaulty, processes }, RUNS / 4)
      })
    }
  }
})
