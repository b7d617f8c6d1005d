import type { Clock } from '../clock.js'

/** Says when a task is repeated. Has state, so each schedule serves one repeater. */
export interface Schedule {
  /** Whether the interval is counted from the end of the previous run. */
  readonly countsFromEnd: boolean
  /** Plans the next run; returns undefined when there is none. */
  plan(): PlannedRun | undefined
}

/** A run that is planned. */
export interface PlannedRun {
  /** Returns the milliseconds until the run is due; zero or less when it is. */
  remaining(): number
  /** Approximate milliseconds from this run to the next. */
  readonly period: number
}

/**
 * Largest fraction by which an interval is shortened or lengthened at random. Without jitter,
 * processes that were started together would keep refreshing together.
 */
const JITTER = 0.1

/**
 * Returns a schedule that repeats after `period` milliseconds, plus or minus up to a tenth that is
 * drawn anew each time.
 */
export function everySchedule(period: number, clock: Clock, random: () => number): Schedule {
  return {
    countsFromEnd: true,
    plan() {
      const due = clock.now() + period * (1 - JITTER + 2 * JITTER * random())
      return { period, remaining: () => due - clock.now() }
    },
  }
}
