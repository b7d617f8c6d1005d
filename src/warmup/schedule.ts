import type { Clock } from '../clock.js'

/** When something is repeated. Keeps the place in its own series, so it serves one repeater. */
export interface Schedule {
  /** Whether the time to the next run is counted from the end of the one before. */
  readonly countsFromEnd: boolean
  /** Settles on the next run; undefined when there is none any more. */
  plan(): PlannedRun | undefined
}

export interface PlannedRun {
  /** Milliseconds until it is due; zero or less when it is. */
  remaining(): number
  /** Milliseconds, roughly, from it to the one after. */
  readonly period: number
}

/**
 * By how much one time between two runs differs from the next, at most and in each direction. Processes
 * that were started together would otherwise go on to refresh together.
 */
const JITTER = 0.1

/** Repeats after `period` milliseconds, give or take a tenth, drawn anew each time. */
export function everySchedule(period: number, clock: Clock, random: () => number): Schedule {
  return {
    countsFromEnd: true,
    plan() {
      const due = clock.now() + period * (1 - JITTER + 2 * JITTER * random())
      return { period, remaining: () => due - clock.now() }
    },
  }
}
