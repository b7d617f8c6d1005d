import type { Duration } from '../duration.js'

/** Argument tuples, from a synchronous or an asynchronous iterable. */
export type WarmArguments<Arguments extends readonly unknown[] = readonly unknown[]> =
  | Iterable<Arguments>
  | AsyncIterable<Arguments>

/** The options of `@Warm`, which is used on a `@Cached` method. */
export type WarmOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Instance = unknown,
> = WarmTask<Arguments, Instance> & (WarmEvery | WarmCron)

/** What a warm-up loads, and how. */
interface WarmTask<Arguments extends readonly unknown[] = readonly unknown[], Instance = unknown> {
  /**
   * Arguments to load the entry with: argument tuples, or a function of the instance that returns
   * them.
   */
  readonly arguments:
    | WarmArguments<Arguments>
    | ((instance: Instance) => WarmArguments<Arguments> | PromiseLike<WarmArguments<Arguments>>)
  /** Name of this warm-up in reports. @default 'Class.method' */
  readonly name?: string
  /** Maximum number of loads of this warm-up that run at once: 1 or more. @default 4 */
  readonly concurrency?: number
  /**
   * Maximum number of loads of this warm-up that start per second, evenly spread: above 0.
   *
   * @default no limit
   */
  readonly rate?: number
  /** Priority; warm-ups with a higher one run first. @default 0 */
  readonly priority?: number
  /** Time after which one load counts as failed. @default the entry's hard timeout */
  readonly timeout?: Duration
  /** Whether the service is ready only when this warm-up is done. @default false */
  readonly critical?: boolean
}

/** A repetition at a fixed interval, or none. */
interface WarmEvery {
  /**
   * Interval from the end of one run to the start of the next. Not allowed with `cron`.
   *
   * @default never
   */
  readonly every?: Duration
  readonly cron?: never
}

/** A repetition by a cron expression. */
interface WarmCron {
  /**
   * Cron expression of the times at which the warm-up is repeated. Not allowed with `every`.
   *
   * @default never
   */
  readonly cron: string
  readonly every?: never
}
