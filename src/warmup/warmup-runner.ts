import type { Cache } from '../cache.js'
import { CacheConfigurationError, kindOf } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import { aFunction } from '../options/rules.js'
import type { WarmupScheduleState } from './repeats.js'
import type { Warmup } from './warmup.js'
import type { WarmItem, WarmupInstances, WarmupRunOptions } from './warmup-options.js'
import type { WarmupOutcome, WarmupReport } from './warmup-report.js'

/** Loaded when a runner is created, because most processes never warm anything. */
const machinery = lazyRequire<typeof import('./warmup.js')>('./warmup/warmup.js')

/**
 * Fills the cache before the first call: runs the `@Warm` methods and loads added items, by
 * priority and within limits, and goes on when one of them fails. Then repeats those with a
 * schedule.
 *
 * Loads take the path of live calls, so nothing is loaded twice: neither by live calls that arrive
 * meanwhile nor by other processes that start at the same time.
 *
 * @example
 * const runner = new WarmupRunner(cache, () => [users])
 * const report = await runner.run({ deadline: '30s' })
 */
export class WarmupRunner {
  /**
   * Resolves when the critical warm-ups of the first run are done, or all of them if none is marked
   * `critical`; at the latest at the run's deadline, or when the runner is stopped. Never rejects.
   */
  readonly ready: Promise<void>
  readonly #warmup: Warmup

  /**
   * @param cache stores added items; instances that are not woven yet are woven to it
   * @param instances returns the instances whose `@Warm` methods to run; called by each run
   * @throws CacheConfigurationError when an argument is invalid
   */
  constructor(cache: Cache, instances: WarmupInstances) {
    if (typeof (cache as Partial<Cache> | undefined)?.weave !== 'function') {
      throw new CacheConfigurationError('WarmupRunner: cache', 'a cache', kindOf(cache))
    }
    aFunction(instances, 'WarmupRunner: instances')
    this.#warmup = new (machinery().Warmup)(cache, instances)
    this.ready = this.#warmup.ready
  }

  /** Whether `ready` has resolved, for a readiness probe. */
  get isReady(): boolean {
    return this.#warmup.isReady
  }

  /** The state of each `@Warm` with `every` or `cron` whose schedule has started. */
  get schedules(): readonly WarmupScheduleState[] {
    return this.#warmup.schedules
  }

  /**
   * Warms everything once, then starts the schedules. With Redis, first waits until this process
   * follows the invalidation log (2 s at most, and half of the deadline), because memory keeps
   * nothing that is loaded earlier. Resolves with a report, even if items failed or the run was cut
   * short.
   *
   * @throws CacheConfigurationError for an invalid option, and for an invalid `cron`
   * @throws CacheWeavingError for a `@Warm` on a method that is not `@Cached`
   * @throws any error that `instances` throws
   */
  async run(options: WarmupRunOptions = {}): Promise<WarmupReport> {
    return this.#warmup.run(options)
  }

  /**
   * Warms one key now. Resolves with the outcome, even if the load fails.
   *
   * @throws CacheConfigurationError for an invalid item
   */
  async warmKey(item: WarmItem): Promise<WarmupOutcome> {
    return this.#warmup.warmKey(item)
  }

  /**
   * Adds keys that do not belong to a method, for this and every later run. They are not repeated
   * on a schedule.
   *
   * @throws CacheConfigurationError for an invalid item; nothing is added then
   */
  add(items: Iterable<WarmItem>): void {
    this.#warmup.add(items)
  }

  /**
   * Starts the schedules without a run before them. Each repetition refreshes all keys, and never
   * overlaps itself. Calling it again is harmless.
   *
   * @throws the same errors as `run`, if `instances` returns synchronously; later failures are
   *   reported as failures of background work
   */
  start(): void {
    this.#warmup.start()
  }

  /**
   * Stops runs and schedules, and removes all timers. Loads that already run go on and are stored.
   * Resolves when the runs have ended; `start` and `run` may be called again.
   */
  async stop(): Promise<void> {
    return this.#warmup.stop()
  }
}
