import { type Duration, toMilliseconds } from '../duration.js'
import { CacheConfigurationError } from '../errors.js'
import { checkOptions, type Rules } from '../options/check-options.js'
import type { Key } from '../options/entry-options.js'
import {
  aBoolean,
  aCount,
  aDuration,
  aFunction,
  aName,
  aPositiveDuration,
  aRate,
  aTagList,
  rule,
} from '../options/rules.js'
import { textOfKey } from '../weaving/key-of.js'
import type { WarmupProgress } from './warmup-report.js'

/** Returns the instances whose `@Warm` methods are run. Called by each run. */
export type WarmupInstances = () =>
  | Iterable<object>
  | AsyncIterable<object>
  | PromiseLike<Iterable<object>>

/** The options of one run. */
export interface WarmupRunOptions {
  /**
   * Maximum number of loads at once over all warm-ups: 1 or more. Each `@Warm` also has its own
   * limit.
   *
   * @default 8
   */
  readonly concurrency?: number | undefined
  /**
   * Maximum number of loads that start per second over all warm-ups, evenly spread: above 0. Fresh
   * items need no load and do not count.
   *
   * @default no limit
   */
  readonly rate?: number | undefined
  /**
   * Time after which the run ends even if items are left; `ready` then resolves too.
   *
   * @default none
   */
  readonly deadline?: Duration | undefined
  /** Ends the run when it aborts. The run still resolves, with what was done so far. */
  readonly signal?: AbortSignal | undefined
  /** Called after each item. Errors that it throws are ignored. */
  readonly onProgress?: ((progress: WarmupProgress) => void) | undefined
  /**
   * Whether to load fresh items as well, in this process, regardless of other processes.
   *
   * @default false
   */
  readonly refresh?: boolean | undefined
  /**
   * Whether to start the schedules (`every`, `cron`) after the run, as `start` does.
   *
   * @default true
   */
  readonly repeat?: boolean | undefined
}

/** A key to warm that does not belong to a decorated method. */
export interface WarmItem {
  /** Name in reports. @default the namespace */
  readonly name?: string | undefined
  /**
   * Name of the namespace that stores the value, as in `cache.namespace(name)`.
   *
   * @default 'default'
   */
  readonly namespace?: string | undefined
  /** Key of the value in its namespace. */
  readonly key: Key
  /** Loads the value to store. */
  readonly load: () => PromiseLike<unknown>
  /** How long the value is fresh. @default the namespace's ttl */
  readonly ttl?: Duration | undefined
  /** Tags by which the value can be invalidated. @default none */
  readonly tags?: readonly string[] | undefined
  /** Whose value it is, such as a tenant's or a user's. Scopes never share values. */
  readonly scope?: string | undefined
  /** Priority; items with a higher one run first. @default 0 */
  readonly priority?: number | undefined
  /** Whether the service is ready only when this item is done. @default false */
  readonly critical?: boolean | undefined
}

/** The options with every default filled in and every time in milliseconds. */
export interface ResolvedRunOptions {
  readonly concurrency: number
  readonly rate: number | undefined
  readonly deadline: number | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: WarmupProgress) => unknown) | undefined
  readonly refresh: boolean
  readonly repeat: boolean
}

/** Default maximum number of loads at once over all warm-ups of a run. */
export const DEFAULT_CONCURRENCY = 8

const RUN_RULES: Rules<WarmupRunOptions> = {
  concurrency: aCount(1, true),
  rate: aRate,
  deadline: aPositiveDuration,
  signal: rule('an AbortSignal', (value) => value instanceof AbortSignal),
  onProgress: aFunction,
  refresh: aBoolean,
  repeat: aBoolean,
}

const ITEM_RULES: Rules<WarmItem> = {
  name: aName,
  namespace: aName,
  key: (key, option) => {
    const text = textOfKey(key as Key)
    if (typeof text === 'string') return
    const expected = `something that can be a key (${text.path}: ${text.reason})`
    throw new CacheConfigurationError(option, expected, undefined)
  },
  load: aFunction,
  ttl: aDuration,
  tags: aTagList,
  scope: aName,
  priority: rule('a number', Number.isFinite),
  critical: aBoolean,
}

/**
 * Checks the options of a run and fills in the defaults.
 *
 * @throws CacheConfigurationError naming the option, what it accepts and what it got
 */
export function resolveRunOptions(options: WarmupRunOptions): ResolvedRunOptions {
  const checked = checkOptions<WarmupRunOptions>(options, RUN_RULES, 'WarmupRunner.run')
  const { concurrency, rate, deadline, signal, onProgress, refresh, repeat } = checked
  return {
    concurrency: concurrency ?? DEFAULT_CONCURRENCY,
    rate,
    deadline: deadline === undefined ? undefined : toMilliseconds(deadline, 'deadline'),
    signal,
    onProgress,
    refresh: refresh ?? false,
    repeat: repeat ?? true,
  }
}

/**
 * Checks an item and returns a frozen copy.
 *
 * @throws CacheConfigurationError naming the option, what it accepts and what it got
 */
export function validItem(item: WarmItem, label: string): WarmItem {
  const checked = checkOptions<WarmItem>(item, ITEM_RULES, label)
  if (checked.load === undefined) ITEM_RULES.load(undefined, `${label}: load`)
  if (checked.key === undefined) {
    throw new CacheConfigurationError(`${label}: key`, 'a key', undefined)
  }
  return checked
}
