import { expectAllShown } from './expect-all-shown.js'
import { MUTANTS } from './mutants.js'

/** Shows each mutant soon; `SCHEDULE_SEED` names other schedules. */
const SEED = Number(process.env['SCHEDULE_SEED'] ?? 20_261_124)

/** A test of the tests: with any one rule left out, they must see the promise broken. */
describe(`Random schedules show when a rule is missing (SCHEDULE_SEED=${SEED})`, function () {
  this.timeout(60_000)

  const common = MUTANTS.filter(({ isRare }) => isRare !== true)
  expectAllShown(common, SEED)
})
