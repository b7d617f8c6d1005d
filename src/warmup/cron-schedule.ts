import { CacheConfigurationError } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import type { PlannedRun, Schedule } from './schedule.js'

type Croner = typeof import('croner')
type Instant = NonNullable<ReturnType<InstanceType<Croner['Cron']>['nextRun']>>

const croner = lazyRequire<Croner>('croner')

/**
 * Returns a schedule that repeats at the times of a cron expression, in the time zone of the
 * process. croner computes the times and sets no timers. It reads the wall clock, as cron
 * expressions require; setting the clock moves a run, and affects nothing else.
 *
 * @param option the name of the option, such as `UserService.profile: cron`
 * @throws CacheConfigurationError for an invalid cron expression, and for one that never occurs
 */
export function cronSchedule(expression: string, option: string): Schedule {
  const job = parse(expression, option)
  let last: Instant | null = null
  return {
    countsFromEnd: false,
    plan(): PlannedRun | undefined {
      // A timer may fire slightly before the wall clock reaches the planned time, which would then
      // be planned again.
      const upcoming = job.nextRun()
      const isRepeated = upcoming !== null && last !== null && +upcoming <= +last
      const planned = isRepeated ? job.nextRun(last) : upcoming
      if (planned === null) return undefined
      last = planned
      return { period: job.msToNext(planned) ?? 0, remaining: () => remainingTo(planned, job) }
    },
  }
}

function parse(expression: string, option: string): InstanceType<Croner['Cron']> {
  const expected = 'a cron expression with a future time, such as "*/5 * * * *"'
  try {
    const job = new (croner().Cron)(expression, { paused: true })
    if (job.nextRun() !== null) return job
  } catch {
    // croner's message does not name the option; ours does, and shows the expression.
  }
  throw new CacheConfigurationError(option, expected, expression)
}

function remainingTo(planned: Instant, job: InstanceType<Croner['Cron']>): number {
  const upcoming = job.nextRun()
  if (upcoming === null || +upcoming > +planned) return 0
  return (job.msToNext() ?? 0) + (+planned - +upcoming)
}
