import { CacheConfigurationError } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import type { PlannedRun, Schedule } from './schedule.js'

type Croner = typeof import('croner')
type Instant = NonNullable<ReturnType<InstanceType<Croner['Cron']>['nextRun']>>

const croner = lazyRequire<Croner>('croner')

/**
 * Repeats at the instants of a cron expression, in the time zone of the process. Croner works them
 * out and keeps no timer. It reads the wall clock, which is what a cron expression speaks of: a
 * clock that is set moves a run, and nothing else depends on it.
 *
 * @param option what the expression was given for, such as `UserService.profile: cron`
 * @throws CacheConfigurationError for what is not a cron expression, and for one that never comes
 */
export function cronSchedule(expression: string, option: string): Schedule {
  const job = parse(expression, option)
  let last: Instant | null = null
  return {
    countsFromEnd: false,
    plan(): PlannedRun | undefined {
      // A timer may fire a little before the wall clock is there: the same instant would come again.
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
  const expected = 'a cron expression that comes round, such as "*/5 * * * *"'
  try {
    const job = new (croner().Cron)(expression, { paused: true })
    if (job.nextRun() !== null) return job
  } catch {
    // What croner says of it names no option; the expression itself is in our own message.
  }
  throw new CacheConfigurationError(option, expected, expression)
}

function remainingTo(planned: Instant, job: InstanceType<Croner['Cron']>): number {
  const upcoming = job.nextRun()
  if (upcoming === null || +upcoming > +planned) return 0
  return (job.msToNext() ?? 0) + (+planned - +upcoming)
}
