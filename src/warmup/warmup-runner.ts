import type { Cache } from '../cache.js'
import { CacheConfigurationError, kindOf } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import { aFunction } from '../options/rules.js'
import type { WarmupScheduleState } from './repeats.js'
import type { Warmup } from './warmup.js'
import type { WarmItem, WarmupInstances, WarmupRunOptions } from './warmup-options.js'
import type { WarmupOutcome, WarmupReport } from './warmup-report.js'

/** Most processes warm nothing: what only a runner needs is loaded when one is made. */
const machinery = lazyRequire<typeof import('./warmup.js')>('./warmup/warmup.js')

/**
 * Fills the cache before the first call: runs the `@Warm` methods, and whatever else was added, with
 * bounds, by priority, and goes on when one of them fails. Then repeats those that have a schedule.
 *
 * Calls go the way of live calls, so that nothing is loaded twice: not while live calls come in, and
 * not by the other processes of a fleet that boots.
 *
 * @example
 * const runner = new WarmupRunner(cache, () => [users])
 * const report = await runner.run({ deadline: '30s' })
 */
export class WarmupRunner {
  /**
   * Resolves when the critical ones of the first run are through, or all when none is marked
   * `critical`; at the run's deadline at the latest, and when the runner is stopped. Never rejects.
   */
  readonly ready: Promise<void>
  readonly #warmup: Warmup

  /**
   * @param cache what added items are kept in, and instances that nobody has woven are woven to
   * @param instances the instances whose `@Warm` methods are to be run; asked for by each run
   * @throws CacheConfigurationError when one of them is something else
   */
  constructor(cache: Cache, instances: WarmupInstances) {
    if (typeof (cache as Partial<Cache> | undefined)?.weave !== 'function') {
      throw new CacheConfigurationError('WarmupRunner: cache', 'a cache', kindOf(cache))
    }
    aFunction(instances, 'WarmupRunner: instances')
    this.#warmup = new (machinery().Warmup)(cache, instances)
    this.ready = this.#warmup.ready
  }

  /** Whether `ready` has resolved: what a readiness probe asks. */
  get isReady(): boolean {
    return this.#warmup.isReady
  }

  /** How the repeating goes, for each `@Warm` with `every` or `cron` whose schedule has begun. */
  get schedules(): readonly WarmupScheduleState[] {
    return this.#warmup.schedules
  }

  /**
   * Warms everything once, then begins the schedules. With Redis it first waits until this process
   * hears of invalidations (2 s at most, and half of the deadline), for memory would not keep what is
   * loaded earlier. Resolves with what was done, also when items
   * failed, and when the run was cut short.
   *
   * @throws CacheConfigurationError for options that cannot be, and a `cron` that is none
   * @throws CacheWeavingError for a `@Warm` on a method that is not `@Cached`
   * @throws what `instances` throws
   */
  async run(options: WarmupRunOptions = {}): Promise<WarmupReport> {
    return this.#warmup.run(options)
  }

  /**
   * Warms one key now. Resolves also when its load fails, and says so.
   *
   * @throws CacheConfigurationError for an item that is none
   */
  async warmKey(item: WarmItem): Promise<WarmupOutcome> {
    return this.#warmup.warmKey(item)
  }

  /**
   * Adds keys without a method, for this and every later run. They are not repeated.
   *
   * @throws CacheConfigurationError for an item that is none; then nothing is added
   */
  add(items: Iterable<WarmItem>): void {
    this.#warmup.add(items)
  }

  /**
   * Begins the schedules without a run before them. Each repeat refreshes what is there, and never
   * overlaps itself. Harmless when repeated.
   *
   * @throws as `run` does, when `instances` returns a list; of one that comes later, a failure is
   *   reported as one of background work
   */
  start(): void {
    this.#warmup.start()
  }

  /**
   * Ends runs and repeats: no timer is left, and nobody waits any more. What is loading goes on, and
   * is stored. Resolves when the runs have ended; `start` and `run` may follow.
   */
  async stop(): Promise<void> {
    return this.#warmup.stop()
  }
}
