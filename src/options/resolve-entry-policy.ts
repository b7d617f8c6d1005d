import { type Duration, toMilliseconds } from '../duration.js'
import type { EntryPolicy } from '../engine/policy.js'
import { CacheConfigurationError } from '../errors.js'
import type { CachedOptions } from './cached-options.js'
import { checkOptions } from './check-options.js'
import { DEFAULT_ENTRY_OPTIONS } from './default-entry-options.js'
import type { TimeoutOptions } from './entry-options.js'
import { CACHED_RULES, CLASS_RULES } from './entry-rules.js'
import { mergeEntryOptions } from './merge-entry-options.js'
import { isNameList } from './rules.js'

/** Identifies the entry that a policy is for. */
export interface EntryIdentity {
  /** `Class.method`, or the entry's own name; it begins error messages. */
  readonly label: string
  readonly namespace: string
  readonly version: number | string
  readonly entry: string
}

/**
 * Returns the policy of an entry: the defaults, overridden by each layer of options in turn. The
 * layers are the cache's, the class's, the method's, and those from configuration.
 *
 * @throws CacheConfigurationError naming the entry and the option, for an unknown option, an
 *   invalid value, or a contradiction
 */
export function resolveEntryPolicy(
  identity: EntryIdentity,
  ...layers: readonly (CachedOptions | undefined)[]
): EntryPolicy {
  const { label } = identity
  const options = checkOptions<Merged>(
    mergeEntryOptions(DEFAULT_ENTRY_OPTIONS, ...layers),
    { ...CLASS_RULES, ...CACHED_RULES },
    label,
  )
  const policy = policyOf(identity, options)
  refuseContradictions(policy)
  return Object.freeze(policy)
}

/** Options with every default filled in. */
type Merged = CachedOptions &
  Required<Pick<CachedOptions, keyof typeof DEFAULT_ENTRY_OPTIONS>> & {
    readonly timeout: Required<Pick<TimeoutOptions, 'hard'>>
  }

function policyOf(identity: EntryIdentity, options: Merged): EntryPolicy {
  const { label } = identity
  const { negativeTtl, timeout, tiers, compressAbove } = options
  const span = (name: string, value: Duration) => toMilliseconds(value, `${label}: ${name}`)
  return {
    label,
    namespace: identity.namespace,
    version: String(identity.version),
    entry: identity.entry,
    ttl: ttlOf(options, label),
    negativeTtl: negativeTtl === undefined ? undefined : span('negativeTtl', negativeTtl || 0),
    jitter: options.jitter,
    staleWhileRevalidate: span('staleWhileRevalidate', options.staleWhileRevalidate),
    staleIfError: span('staleIfError', options.staleIfError),
    refreshAhead: options.refreshAhead,
    softTimeout: timeout.soft === undefined ? Infinity : span('timeout', timeout.soft),
    hardTimeout: span('timeout', timeout.hard),
    concurrency: options.concurrency,
    queue: options.queue,
    errorBackoff: span('errorBackoff', options.errorBackoff),
    useMemory: tiers.includes('memory'),
    useRedis: tiers.includes('redis'),
    consistency: options.consistency,
    isolation: options.isolation,
    maxValueBytes: options.maxValueBytes,
    compressAbove: compressAbove === false ? Infinity : compressAbove,
    tags: tagsOf(options, label),
    unless: unlessOf(options),
  }
}

/**
 * Checks each duration that a ttl function returns: an invalid one throws, and nothing is stored.
 */
function ttlOf({ ttl }: Merged, label: string): EntryPolicy['ttl'] {
  if (typeof ttl !== 'function') return toMilliseconds(ttl, `${label}: ttl`)
  return (result, args) => toMilliseconds(ttl(result, ...args), `${label}: ttl`)
}

/** Checks each list that a tags function returns: an invalid one throws. */
function tagsOf({ tags }: Merged, label: string): EntryPolicy['tags'] {
  if (tags === undefined) return undefined
  if (typeof tags !== 'function') {
    const fixed = Object.freeze([...tags])
    return () => fixed
  }
  return (result, args) => {
    const found = tags(result, ...args)
    if (isNameList(found)) return found
    throw new CacheConfigurationError(`${label}: tags`, 'a list of non-empty strings', found)
  }
}

function unlessOf({ unless }: Merged): EntryPolicy['unless'] {
  return unless === undefined ? undefined : (result, args) => unless(result, ...args)
}

/** Refuses options that are valid on their own but contradict each other. */
function refuseContradictions(policy: EntryPolicy): void {
  const refuse = (option: string, expected: string, received: unknown): never => {
    throw new CacheConfigurationError(`${policy.label}: ${option}`, expected, received)
  }
  const { ttl, softTimeout, hardTimeout, consistency } = policy
  if (consistency === 'strict' && !policy.useRedis) {
    refuse(
      'consistency',
      "'bounded' for tiers without 'redis', which validates strict reads",
      consistency,
    )
  }
  if (softTimeout !== Infinity && softTimeout >= hardTimeout) {
    refuse('timeout.soft', `a duration below timeout.hard, which is ${hardTimeout} ms`, softTimeout)
  }
  for (const option of ['staleWhileRevalidate', 'staleIfError', 'refreshAhead'] as const) {
    if (ttl === 0 && policy[option] > 0) {
      refuse(
        'ttl',
        `a duration above zero with ${option}; to keep nothing, write enabled: false`,
        ttl,
      )
    }
  }
}
