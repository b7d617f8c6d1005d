import type {
  CacheOptions,
  CoherenceOptions,
  MemoryOptions,
  NamespaceOverrides,
  ResolvedCacheOptions,
  TimeoutsOptions,
} from './cache-options.js'
import { systemClock } from './clock.js'
import { closestOf } from './closest-of.js'
import { toMilliseconds } from './duration.js'
import { CacheConfigurationError, kindOf } from './errors.js'
import { validPrefix } from './keys/names.js'
import type { CacheObserver } from './observability/observer.js'
import { checkOptions, type Rules } from './options/check-options.js'
import {
  aBoolean,
  aCount,
  aDuration,
  aFunction,
  aPositiveDuration,
  either,
  isFalse,
  isObject,
  oneOf,
  type Rule,
  rule,
} from './options/rules.js'
import { validEntryOptions } from './options/validate-options.js'

/** Accepts any value: these options are checked elsewhere, by the code that uses them. */
const anything: Rule = () => undefined

/** The rules for each option of a cache on its own. */
const CACHE_RULES: Rules<CacheOptions> = {
  redis: anything,
  prefix: validPrefix,
  memory: either(isFalse, rule('false, or an object with maxItems and maxBytes', isObject)),
  defaults: anything,
  namespaces: rule('an object with the options of each namespace', isObject),
  enabled: aBoolean,
  keyMode: oneOf('readable', 'digest'),
  keySecret: aSecret,
  encryption: anything,
  requireScope: aBoolean,
  onInvalidationFailure: oneOf('resolve', 'reject'),
  durability: aCount(0),
  coherence: rule('an object with bound and outageTtl', isObject),
  timeouts: rule('an object with read and write', isObject),
  observer: anObserver,
  logger: either(
    isFalse,
    rule('false, or an object with the functions info and warn, such as console', isLogger),
  ),
  clock: rule('an object with the functions now and schedule', isClock),
}

const MEMORY_RULES: Rules<MemoryOptions> = { maxItems: aCount(1), maxBytes: aCount(1) }
const COHERENCE_RULES: Rules<CoherenceOptions> = { bound: aDuration, outageTtl: aDuration }
const TIMEOUTS_RULES: Rules<TimeoutsOptions> = { read: aPositiveDuration, write: aPositiveDuration }

/**
 * Checks the options of a cache and fills in the defaults.
 *
 * @throws CacheConfigurationError naming the option, what it accepts and what it got
 */
export function resolveCacheOptions(given: CacheOptions): ResolvedCacheOptions {
  const options = checkOptions<CacheOptions>(given, CACHE_RULES, 'createCache')
  refuseContradictions(options)
  return {
    redis: options.redis,
    prefix: options.prefix ?? 'cachewright',
    keyMode: options.keyMode ?? 'readable',
    keySecret: options.keySecret,
    ...resolveMemory(options.memory),
    ...resolveCoherence(options.coherence),
    ...resolveTimeouts(options.timeouts),
    defaults: validEntryOptions(options.defaults ?? {}, 'createCache: defaults'),
    namespaces: resolveNamespaces(options.namespaces ?? {}),
    enabled: options.enabled ?? true,
    encryption: options.encryption,
    requireScope: options.requireScope ?? false,
    onInvalidationFailure: options.onInvalidationFailure ?? 'resolve',
    durability: options.durability ?? 0,
    observer: options.observer,
    logger: options.logger,
    clock: options.clock ?? systemClock,
  }
}

/** Refuses options that are valid on their own but contradict each other. */
function refuseContradictions({ memory, redis, enabled, keySecret, keyMode }: CacheOptions): void {
  if (memory === false && redis === undefined && enabled !== false) {
    throw new CacheConfigurationError(
      'createCache: memory',
      'the memory tier, since there is no redis to keep values in (to keep nothing, ' +
        'write enabled: false)',
      memory,
    )
  }
  if (keySecret !== undefined && keyMode !== 'digest') {
    throw new CacheConfigurationError(
      'createCache: keyMode',
      "'digest' with a keySecret, which has no effect on readable keys",
      keyMode,
    )
  }
}

function resolveMemory(
  memory: CacheOptions['memory'],
): Pick<ResolvedCacheOptions, 'keepsInMemory' | 'maxItems' | 'maxBytes'> {
  const given = memory === false ? {} : (memory ?? {})
  const { maxItems = 100_000, maxBytes = 128 * 1_048_576 } = checkOptions<MemoryOptions>(
    given,
    MEMORY_RULES,
    'createCache: memory',
    '.',
  )
  return { keepsInMemory: memory !== false, maxItems, maxBytes }
}

function resolveCoherence(
  coherence: CoherenceOptions = {},
): Pick<ResolvedCacheOptions, 'bound' | 'outageTtl'> {
  const label = 'createCache: coherence'
  const given = checkOptions<CoherenceOptions>(coherence, COHERENCE_RULES, label, '.')
  const bound = toMilliseconds(given.bound ?? '2s', `${label}.bound`)
  if (bound < 1_000) {
    throw new CacheConfigurationError(`${label}.bound`, 'a duration of 1s or more', given.bound)
  }
  const outageTtl = toMilliseconds(given.outageTtl ?? bound, `${label}.outageTtl`)
  if (outageTtl < bound) {
    const expected = `at least the bound, which is ${bound} ms`
    throw new CacheConfigurationError(`${label}.outageTtl`, expected, given.outageTtl)
  }
  return { bound, outageTtl }
}

function resolveTimeouts(
  timeouts: TimeoutsOptions = {},
): Pick<ResolvedCacheOptions, 'readTimeout' | 'writeTimeout'> {
  const label = 'createCache: timeouts'
  const given = checkOptions<TimeoutsOptions>(timeouts, TIMEOUTS_RULES, label, '.')
  return {
    readTimeout: toMilliseconds(given.read ?? '100ms', `${label}.read`),
    writeTimeout: toMilliseconds(given.write ?? '200ms', `${label}.write`),
  }
}

/** Checks and copies the overrides, so that later changes to the given object have no effect. */
function resolveNamespaces(
  namespaces: Readonly<Record<string, NamespaceOverrides | undefined>>,
): Readonly<Record<string, NamespaceOverrides>> {
  const resolved = Object.entries(namespaces).map(([name, overrides = {}]) => {
    const label = `createCache: namespaces.${name}`
    if (!isObject(overrides)) validEntryOptions(overrides, label)
    const { entries = {}, ...own } = overrides
    if (!isObject(entries)) {
      throw new CacheConfigurationError(
        `${label}.entries`,
        'an object with the options of each entry',
        entries,
      )
    }
    const checked = Object.entries(entries).map(([entry, options]) => [
      entry,
      validEntryOptions(options ?? {}, `${label}.entries.${entry}`),
    ])
    return [name, { ...validEntryOptions(own, label), entries: Object.fromEntries(checked) }]
  })
  return Object.fromEntries(resolved)
}

/** Checks the secret without showing more than its kind. */
function aSecret(value: unknown, option: string): void {
  if (typeof value === 'string' && value.length >= 16) return
  throw new CacheConfigurationError(option, 'a string of 16 characters or more', kindOf(value))
}

const LISTENERS = [
  'onCall',
  'onHit',
  'onMiss',
  'onLoad',
  'onInvalidation',
  'onConnection',
  'onWarning',
] as const satisfies readonly (keyof CacheObserver)[]

/** Checks the listeners of an observer. A misspelt one would silently never be called. */
function anObserver(value: unknown, option: string): void {
  const names = LISTENERS.join(', ')
  if (!isObject(value)) {
    throw new CacheConfigurationError(option, `an object with functions such as ${names}`, value)
  }
  for (const name of LISTENERS) {
    const listener: unknown = Reflect.get(value, name)
    if (listener !== undefined) aFunction(listener, `${option}.${name}`)
  }
  const misspelt = Object.keys(value).find(isMisspelt)
  if (misspelt === undefined) return
  throw new CacheConfigurationError(
    `${option}.${misspelt}`,
    `there is no such listener; the listeners are ${names}`,
  )
}

/** An observer may have other properties, so only names like those of listeners are refused. */
function isMisspelt(name: string): boolean {
  const known: readonly string[] = LISTENERS
  if (known.includes(name) || !/^on/i.test(name)) return false
  return /^on[A-Z]/.test(name) || closestOf(name, LISTENERS) !== undefined
}

function isLogger(value: unknown): boolean {
  return hasFunctions(value, 'info', 'warn')
}

function isClock(value: unknown): boolean {
  return hasFunctions(value, 'now', 'schedule')
}

function hasFunctions(value: unknown, ...names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof Reflect.get(value, name) === 'function')
}
