import { toMilliseconds } from '../duration.js'
import { CacheConfigurationError } from '../errors.js'
import { checkOptions, type Rules } from './check-options.js'
import type { CachedOptions } from './cached-options.js'
import type { CacheConfigOptions } from './cache-config-options.js'
import type { EntryOptions, TimeoutOptions } from './entry-options.js'
import {
  aBoolean,
  aCount,
  aDuration,
  aFunction,
  aName,
  aPositiveDuration,
  aTagList,
  either,
  isFalse,
  isFunction,
  isName,
  oneOf,
  type Rule,
  rule,
} from './rules.js'

/** Longest pause in milliseconds between a failed load and the next one. */
const LONGEST_BACKOFF = 30_000

const TIERS = "['memory'], ['redis'] or both, each once"

const TIMEOUT_RULES: Rules<TimeoutOptions> = { soft: aPositiveDuration, hard: aPositiveDuration }

/** The rules for each entry option on its own. */
export const ENTRY_RULES: Rules<EntryOptions> = {
  version: rule('a whole number of 0 or more, or a non-empty string', isVersion),
  ttl: either(isFunction, aDuration),
  negativeTtl: either(isFalse, aDuration),
  jitter: rule('a fraction from 0 to 1', (value) => isFraction(value)),
  staleWhileRevalidate: aDuration,
  staleIfError: aDuration,
  refreshAhead: rule('a fraction from 0 to below 1', (value) => isFraction(value) && value !== 1),
  timeout: (value, option) => {
    checkOptions(value, TIMEOUT_RULES, option)
  },
  concurrency: aCount(1, true),
  queue: aCount(0, true),
  errorBackoff: aBackoff(),
  tiers: aTierList(),
  consistency: oneOf('bounded', 'strict'),
  isolation: oneOf('freeze', 'copy', 'share'),
  maxValueBytes: aCount(1),
  compressAbove: either(isFalse, aCount(0)),
  scope: aFunction,
  enabled: aBoolean,
}

/** The rules for each option of `@CacheConfig` on its own. */
export const CLASS_RULES: Rules<CacheConfigOptions> = { namespace: aName, ...ENTRY_RULES }

/** The rules for each option of `@Cached` on its own. */
export const CACHED_RULES: Rules<CachedOptions> = {
  ...ENTRY_RULES,
  entry: aName,
  key: aFunction,
  tags: either(isFunction, aTagList),
  condition: aFunction,
  unless: aFunction,
}

function isVersion(value: unknown): boolean {
  return isName(value) || (Number.isSafeInteger(value) && (value as number) >= 0)
}

function isFraction(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function aTierList(): Rule {
  const aList = rule(TIERS, (value) => Array.isArray(value) && value.length > 0)
  const aTier = oneOf('memory', 'redis')
  return (value, option) => {
    aList(value, option)
    const tiers = value as readonly unknown[]
    for (const [index, tier] of tiers.entries()) aTier(tier, `${option}[${index}]`)
    if (new Set(tiers).size < tiers.length) {
      throw new CacheConfigurationError(option, `expected ${TIERS}, got one of them twice`)
    }
  }
}

function aBackoff(): Rule {
  return (value, option) => {
    if (toMilliseconds(value as number, option) > LONGEST_BACKOFF) {
      throw new CacheConfigurationError(option, "a duration of at most '30s'", value)
    }
  }
}
