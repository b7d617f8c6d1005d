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

/** The instances whose `@Warm` methods are run, asked for anew by each run. */
export type WarmupInstances = () =>
  | Iterable<object>
  | AsyncIterable<object>
  | PromiseLike<Iterable<object>>

/** How one run goes. */
export interface WarmupRunOptions {
  /** How many loads run at once, over all: 1 or more. Each `@Warm` has a bound of its own besides. @default 8 */
  readonly concurrency?: number | undefined
  /**
   * How many loads begin per second, over all, evenly spread: above 0. What needs no load, because it
   * is fresh, does not count.
   *
   * @default no bound
   */
  readonly rate?: number | undefined
  /** When the run ends, whatever is left to do; `ready` resolves then, too. @default none */
  readonly deadline?: Duration | undefined
  /** Ends the run when it is aborted. The run resolves all the same, with what it has done. */
  readonly signal?: AbortSignal | undefined
  /** Told after each item. What it throws is dropped. */
  readonly onProgress?: ((progress: WarmupProgress) => void) | undefined
  /** Loads what is fresh, too, in this process, whatever other processes do. @default false */
  readonly refresh?: boolean | undefined
  /** Whether the schedules (`every`, `cron`) begin when the run has ended, as by `start`. @default true */
  readonly repeat?: boolean | undefined
}

/** Something to warm that no decorated method stands behind. */
export interface WarmItem {
  /** What it is counted under in reports. @default the namespace */
  readonly name?: string | undefined
  /** The namespace of the programmatic cache, as in `cache.namespace(name)`. @default 'default' */
  readonly namespace?: string | undefined
  readonly key: Key
  /** Loads the value. */
  readonly load: () => PromiseLike<unknown>
  /** How long it is fresh. @default as the namespace has it */
  readonly ttl?: Duration | undefined
  readonly tags?: readonly string[] | undefined
  /** Whose value it is. */
  readonly scope?: string | undefined
  /** Higher ones run first. @default 0 */
  readonly priority?: number | undefined
  /** Whether the service is not ready before this one is done. @default false */
  readonly critical?: boolean | undefined
}

/** Every option present, every time in milliseconds. */
export interface ResolvedRunOptions {
  readonly concurrency: number
  readonly rate: number | undefined
  readonly deadline: number | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: WarmupProgress) => unknown) | undefined
  readonly refresh: boolean
  readonly repeat: boolean
}

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

/** @throws CacheConfigurationError naming the option, what it may be, and what came */
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

/** @throws CacheConfigurationError naming the option, what it may be, and what came */
export function validItem(item: WarmItem, label: string): WarmItem {
  const checked = checkOptions<WarmItem>(item, ITEM_RULES, label)
  if (checked.load === undefined) ITEM_RULES.load(undefined, `${label}: load`)
  if (checked.key === undefined) {
    throw new CacheConfigurationError(`${label}: key`, 'a key', undefined)
  }
  return checked
}
