import { type Duration, toMilliseconds } from './duration.js'
import { CacheConfigurationError, kindOf } from './errors.js'
import { isName, isNameList } from './options/rules.js'

/** How one value is kept, where it differs from the namespace's own options. */
export interface SetOptions {
  /** How long it is fresh. */
  readonly ttl?: Duration
  /** Tags by which it can be invalidated together with others. */
  readonly tags?: readonly string[]
  /** Whose value it is: values of two scopes never meet. */
  readonly scope?: string
}

export interface LoadOptions extends SetOptions {
  /** Ends this caller's waiting, and nobody else's; the load goes on. */
  readonly signal?: AbortSignal
}

/** Whose value it is: values of two scopes never meet. */
export type ScopeOptions = Pick<SetOptions, 'scope'>

/** Nothing was said: there is nothing to check. */
export const NONE: LoadOptions = Object.freeze({})

export const SCOPE_OPTIONS: ReadonlySet<string> = new Set<keyof SetOptions>(['scope'])
export const SET_OPTIONS: ReadonlySet<string> = new Set<keyof SetOptions>(['ttl', 'tags', 'scope'])
export const LOAD_OPTIONS: ReadonlySet<string> = new Set<keyof LoadOptions>([
  'ttl',
  'tags',
  'scope',
  'signal',
])

/**
 * Checks what was said of one key.
 *
 * @param known which options there are
 * @param label begins every message
 * @throws CacheConfigurationError for an option that does not exist, or holds what it cannot hold
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
    refuse('tags', 'a list of texts that are not empty', kindOf(tags))
  }
  // Not undefined either: what is meant for nobody in particular leaves it out, and who has looked for
  // a tenant and found none would share what is another's.
  if ('scope' in options && !isName(scope)) {
    refuse('scope', 'a text that is not empty', kindOf(scope))
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    refuse('signal', 'an AbortSignal', kindOf(signal))
  }
}
