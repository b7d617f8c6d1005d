import { eventually } from '../support/eventually.js'
import type { Connected, Outcome } from './connected.js'

export interface TimedOutcome extends Outcome {
  /** When the call began: milliseconds since the load began. */
  readonly at: number
}

/** Milliseconds between two bunches of calls. */
const TICK = 5

/** Reads at a steady rate, however long each call takes, as many callers of a service do. */
export class SteadyLoad {
  readonly outcomes: TimedOutcome[] = []
  readonly #begun = performance.now()
  readonly #timer: NodeJS.Timeout
  readonly #running = new Set<Promise<void>>()
  #sent = 0

  constructor(connected: Connected, perSecond: number, call = () => connected.try('key')) {
    this.#timer = setInterval(() => {
      const due = Math.floor((this.now / 1_000) * perSecond)
      for (; this.#sent < due; this.#sent += 1) this.#run(call)
    }, TICK)
    // The load of a test that failed must not keep the process alive.
    this.#timer.unref()
  }

  /** Milliseconds since the load began. */
  get now(): number {
    return performance.now() - this.#begun
  }

  /** What began in a span of time. */
  between(from: number, to: number): TimedOutcome[] {
    return this.outcomes.filter(({ at }) => at >= from && at < to)
  }

  /** Resolves when calls after `from` get answers, with how many milliseconds it took until one did. */
  async backAfter(from: number): Promise<number> {
    await eventually(() => this.#firstAnswer(from) < Number.POSITIVE_INFINITY)
    return this.#firstAnswer(from) - from
  }

  async stop(): Promise<TimedOutcome[]> {
    clearInterval(this.#timer)
    await Promise.all(this.#running)
    return this.outcomes
  }

  /** When the first call after `from` began that got an answer. */
  #firstAnswer(from: number): number {
    const answered = this.outcomes.filter(({ at, error }) => at >= from && error === undefined)
    return Math.min(...answered.map(({ at }) => at))
  }

  #run(call: () => Promise<Outcome>): void {
    const at = this.now
    const running = call().then((outcome) => {
      this.outcomes.push({ ...outcome, at })
      this.#running.delete(running)
    })
    this.#running.add(running)
  }
}

/** The value that a share of all is not above: 0.99 for the 99th percentile. */
export function quantile(outcomes: readonly Outcome[], share: number): number {
  const sorted = outcomes.map(({ took }) => took).sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
