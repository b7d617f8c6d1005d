import { type Duration, toMilliseconds } from './duration.js'
import { CacheConfigurationError, kindOf } from './errors.js'
import { isName, isNameList } from './options/rules.js'

/** Options for storing one value. They override those of the namespace. */
export interface SetOptions {
  /** How long the value is fresh. @default the namespace's ttl */
  readonly ttl?: Duration
  /** Tags by which the value can be invalidated together with others. */
  readonly tags?: readonly string[]
  /** Whose value it is, such as a tenant's or a user's. Scopes never share values. */
  readonly scope?: string
}

/** Options for loading one value that is not stored yet. */
export interface LoadOptions extends SetOptions {
  /** Rejects this caller's promise when it aborts. The load goes on for the other callers. */
  readonly signal?: AbortSignal
}

/** The options of calls that take only a scope. */
export type ScopeOptions = Pick<SetOptions, 'scope'>

/** The options of a call that passed none. They need no check. */
export const NONE: LoadOptions = Object.freeze({})

/** The names of the options that each kind of call accepts. */
export const SCOPE_OPTIONS: ReadonlySet<string> = new Set<keyof SetOptions>(['scope'])
export const SET_OPTIONS: ReadonlySet<string> = new Set<keyof SetOptions>(['ttl', 'tags', 'scope'])
export const LOAD_OPTIONS: ReadonlySet<string> = new Set<keyof LoadOptions>([
  'ttl',
  'tags',
  'scope',
  'signal',
])

/**
 * Checks the options of a call on one key.
 *
 * @param known the names of the options that this call accepts
 * @param label begins every error message
 * @throws CacheConfigurationError for an unknown option or an invalid value
 */
export function checkKeyOptions(
  options: LoadOptions,
  known: ReadonlySet<string>,
  label: string,
): void {
  if (options === NONE) return
  const refuse = (option: string, expected: string, received: unknown): never => {
    throw new CacheConfigurationError(`${label}: ${option}`, expected, received)
  }
  if (typeof options !== 'object' || options === null) {
    refuse('options', 'an object', kindOf(options))
  }
  for (const name of Object.keys(options)) {
    if (!known.has(name)) refuse(name, `one of the options ${[...known].join(', ')}`, name)
  }
  const { ttl, tags, scope, signal } = options
  if (ttl !== undefined) toMilliseconds(ttl, `${label}: ttl`)
  if (tags !== undefined && !isNameList(tags)) {
    refuse('tags', 'a list of non-empty strings', kindOf(tags))
  }
  // An explicit `undefined` is refused too: a caller that looked up a tenant and found none must
  // not share values across tenants. To use no scope, leave the option out.
  if ('scope' in options && !isName(scope)) {
    refuse('scope', 'a non-empty string', kindOf(scope))
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    refuse('signal', 'an AbortSignal', kindOf(signal))
  }
}
