import { LRUCache } from 'lru-cache'
import type { LimitFunction } from 'p-limit'

import { CacheLoadRejectedError, CacheLoadTimeoutError } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import type { EntryContext } from './entry-context.js'
import type { Call, Flight } from './flight.js'

interface Failure {
  readonly error: unknown
  readonly until: number
  readonly pause: number
}

/** Failing keys remembered per entry. */
const FAILURES = 1_000
/** A background refresh that fails is tried again after this long at the earliest. Milliseconds. */
const REFRESH_PAUSE = 1_000
const LONGEST_PAUSE = 30_000

const pLimit = lazyRequire<{ default: (concurrency: number) => LimitFunction }>('p-limit')

/** Runs the method of one entry: so many at once, so long at most, not too soon after a failure. */
export class Loader {
  readonly #context: EntryContext
  readonly #failures = new LRUCache<string, Failure>({
    // By size, of one each: `max` would allocate room for all of them in every entry.
    maxSize: FAILURES,
    sizeCalculation: () => 1,
  })
  readonly #limit: LimitFunction | undefined

  constructor(context: EntryContext) {
    this.#context = context
    const { concurrency } = context.policy
    this.#limit = Number.isFinite(concurrency) ? pLimit().default(concurrency) : undefined
  }

  /** Whether a load of this key would be refused because the last one has just failed. */
  isPaused(key: string, now: number): boolean {
    const failure = this.#failures.get(key)
    return failure !== undefined && now < failure.until
  }

  /**
   * @throws what the method throws, the same object; what it threw last while the pause after that
   *   runs; CacheLoadTimeoutError, CacheLoadRejectedError
   */
  async run(flight: Flight, call: Call): Promise<unknown> {
    const { counters, parts, policy } = this.#context
    const failure = this.#failures.get(call.key)
    const begunAt = parts.clock.now()
    if (failure !== undefined && flight.mode === 'read' && policy.errorBackoff > 0) {
      if (begunAt < failure.until) throw failure.error
    }
    counters.loads++
    try {
      const value = await this.#bounded(flight, call)
      if (failure !== undefined) this.#failures.delete(call.key)
      parts.signals.loaded(counters, parts.clock.now() - begunAt)
      return value
    } catch (error) {
      counters.loadFailures++
      this.#remember(call.key, error, flight, failure)
      parts.signals.loadFailed(counters, parts.clock.now() - begunAt)
      throw error
    }
  }

  #bounded(flight: Flight, call: Call): Promise<unknown> {
    const { policy, parts } = this.#context
    const { flights } = parts
    const running = this.#limited(() => flights.within(flight, call.load))
    if (!Number.isFinite(policy.hardTimeout)) return running
    return new Promise((resolve, reject) => {
      const cancel = parts.clock.schedule(policy.hardTimeout, () => {
        // Whatever comes later comes too late: it may answer nobody and fill nothing.
        flight.fence.intact = false
        parts.background.run('late-load', running.then(noop, noop))
        reject(new CacheLoadTimeoutError(policy.label, policy.hardTimeout))
      })
      running.then(resolve, reject).finally(cancel)
    })
  }

  #limited(load: () => Promise<unknown>): Promise<unknown> {
    const limit = this.#limit
    if (limit === undefined) return load()
    const { concurrency, queue, label } = this.#context.policy
    if (limit.activeCount >= concurrency && limit.pendingCount >= queue) {
      return Promise.reject(new CacheLoadRejectedError(label, concurrency))
    }
    return limit(load)
  }

  #remember(key: string, error: unknown, flight: Flight, last: Failure | undefined): void {
    const { policy, parts } = this.#context
    const least = flight.mode === 'refresh' ? REFRESH_PAUSE : 0
    const first = Math.max(policy.errorBackoff, least)
    if (first === 0) return
    const pause = Math.min(last === undefined ? first : last.pause * 2, LONGEST_PAUSE)
    this.#failures.set(key, { error, pause, until: parts.clock.now() + pause })
  }
}

function noop(): void {}
