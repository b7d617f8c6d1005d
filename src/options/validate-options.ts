import { CacheConfigurationError } from '../errors.js'
import type { CacheConfigOptions } from './cache-config-options.js'
import type { CacheEvictOptions } from './cache-evict-options.js'
import type { CachePutOptions } from './cache-put-options.js'
import type { CachedManyOptions } from './cached-many-options.js'
import type { CachedOptions } from './cached-options.js'
import { checkOptions, type Rules } from './check-options.js'
import type { EntryOptions } from './entry-options.js'
import { CACHED_RULES, CLASS_RULES, ENTRY_RULES } from './entry-rules.js'
import {
  aBoolean,
  aCount,
  aFunction,
  aName,
  aPositiveDuration,
  aRate,
  aTagList,
  either,
  isFunction,
  isName,
  oneOf,
  rule,
} from './rules.js'
import type { WarmOptions } from './warm-options.js'

/** Checks the options of each decorator, one by one and in combination. */

const anEntry = rule("a method's name, or a class and the name of its method", isEntryReference)

const PUT_RULES: Rules<CachePutOptions> = {
  entry: anEntry,
  key: aFunction,
  value: aFunction,
  condition: aFunction,
  unless: aFunction,
  scope: aFunction,
}

const EVICT_RULES: Rules<CacheEvictOptions> = {
  entry: anEntry,
  key: aFunction,
  keys: aFunction,
  tags: either(isFunction, aTagList),
  all: rule('true, or to be left out', (value) => value === true),
  beforeInvocation: aBoolean,
  condition: aFunction,
  scope: aFunction,
}

/** The options of `@CacheEvict` that say what to evict. */
const TARGETS = ['key', 'keys', 'tags', 'all'] as const

const MANY_RULES: Rules<CachedManyOptions> = {
  entry: anEntry,
  ids: aCount(0),
  returns: oneOf('list', 'map', 'record'),
  keyOf: aFunction,
  idOf: aFunction,
  missing: oneOf('undefined', 'null', 'skip'),
  condition: aFunction,
  scope: aFunction,
}

const WARM_RULES: Rules<WarmOptions> = {
  arguments: rule('a list of argument lists, or a function that returns one', isArgumentSource),
  name: aName,
  concurrency: aCount(1),
  rate: aRate,
  priority: rule('a number', Number.isFinite),
  timeout: aPositiveDuration,
  critical: aBoolean,
  every: aPositiveDuration,
  cron: aName,
}

/**
 * Each of these functions checks options and returns a frozen copy.
 *
 * @throws CacheConfigurationError naming `label` and the option
 */
export function validEntryOptions(options: unknown, label: string): EntryOptions {
  return checkOptions<EntryOptions>(options, ENTRY_RULES, label)
}

export function validClassOptions(options: unknown, label: string): CacheConfigOptions {
  return checkOptions<CacheConfigOptions>(options, CLASS_RULES, label)
}

export function validCachedOptions(options: unknown, label: string): CachedOptions {
  return checkOptions<CachedOptions>(options, CACHED_RULES, label)
}

export function validPutOptions(options: unknown, label: string): CachePutOptions {
  return withEntry(checkOptions<CachePutOptions>(options, PUT_RULES, label), label)
}

export function validManyOptions(options: unknown, label: string): CachedManyOptions {
  return withEntry(checkOptions<CachedManyOptions>(options, MANY_RULES, label), label)
}

export function validEvictOptions(options: unknown, label: string): CacheEvictOptions {
  const checked = checkOptions<CacheEvictOptions>(options, EVICT_RULES, label)
  const { entry, scope, tags, all } = checked
  const targets = TARGETS.filter((name) => checked[name] !== undefined)
  if (targets.length > 1) {
    refuse(
      `${label}: ${targets.join(', ')}`,
      'only one of them (use a decorator for each)',
      'several',
    )
  }
  if (tags !== undefined && entry !== undefined) {
    refuse(`${label}: entry`, 'none with tags, which are evicted in every entry', entry)
  }
  if (tags !== undefined && scope !== undefined) {
    refuse(`${label}: scope`, 'none with tags, which are evicted in every scope', scope)
  }
  if (all !== undefined && entry !== undefined && scope !== undefined) {
    refuse(`${label}: scope`, 'either entry or scope with all', scope)
  }
  return checked
}

export function validWarmOptions(options: unknown, label: string): WarmOptions {
  const checked = checkOptions<WarmOptions>(options, WARM_RULES, label)
  if (checked.arguments === undefined) {
    WARM_RULES.arguments(undefined, `${label}: arguments`)
  }
  const { every, cron }: { readonly every?: unknown; readonly cron?: unknown } = checked
  if (every !== undefined && cron !== undefined) {
    refuse(`${label}: cron`, 'either every or cron', cron)
  }
  return checked
}

function withEntry<Options extends { readonly entry: unknown }>(
  options: Options,
  label: string,
): Options {
  if (options.entry === undefined) anEntry(undefined, `${label}: entry`)
  return options
}

function refuse(option: string, expected: string, received: unknown): never {
  throw new CacheConfigurationError(option, expected, received)
}

function isEntryReference(value: unknown): boolean {
  if (!Array.isArray(value)) return isName(value)
  return value.length === 2 && isFunction(value[0]) && isName(value[1])
}

function isArgumentSource(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isFunction(value)
  return Symbol.iterator in value || Symbol.asyncIterator in value
}
