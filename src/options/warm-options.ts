import type { Duration } from '../duration.js'

/** Argument tuples: all at once, or as they come. */
export type WarmArguments<Arguments extends readonly unknown[] = readonly unknown[]> =
  | Iterable<Arguments>
  | AsyncIterable<Arguments>

/** The options of `@Warm`, which stands on a `@Cached` method. */
export type WarmOptions<
  Arguments extends readonly unknown[] = readonly unknown[],
  Instance = unknown,
> = WarmTask<Arguments, Instance> & (WarmEvery | WarmCron)

/** What is loaded, and how. */
interface WarmTask<Arguments extends readonly unknown[] = readonly unknown[], Instance = unknown> {
  /** With which arguments the entry is loaded: tuples, or a function of the instance that returns them. */
  readonly arguments:
    | WarmArguments<Arguments>
    | ((instance: Instance) => WarmArguments<Arguments> | PromiseLike<WarmArguments<Arguments>>)
  /** How this one is called in reports. @default 'Class.method' */
  readonly name?: string
  /** How many loads of this one run at once: 1 or more. @default 4 */
  readonly concurrency?: number
  /** How many loads of this one begin per second, evenly spread: above 0. @default no bound */
  readonly rate?: number
  /** Higher ones run first. @default 0 */
  readonly priority?: number
  /** How long one load may take before it counts as failed. @default the entry's hard timeout */
  readonly timeout?: Duration
  /** Whether the service is not ready before this one is done. @default false */
  readonly critical?: boolean
}

/** How often it is repeated, if at all. */
interface WarmEvery {
  /** The time from the end of one run to the start of the next. Not with `cron`. @default never */
  readonly every?: Duration
  readonly cron?: never
}

/** When it is repeated. */
interface WarmCron {
  /** When it is repeated, as a cron expression. Not with `every`. @default never */
  readonly cron: string
  readonly every?: never
}
