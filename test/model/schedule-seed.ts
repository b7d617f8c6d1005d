import { randomInt } from 'node:crypto'

/**
 * Where random schedules begin: others with every run, unless `SCHEDULE_SEED` says which. What fails
 * names its seed and its path.
 */
export const SCHEDULE_SEED = Number(process.env['SCHEDULE_SEED'] ?? randomInt(2 ** 30))

/** Of one schedule, to run no other; '' for all. */
export const SCHEDULE_PATH = process.env['SCHEDULE_PATH'] ?? ''
