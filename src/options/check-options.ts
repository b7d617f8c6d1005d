import { CacheConfigurationError } from '../errors.js'
import { closestOf } from './closest-of.js'
import type { Rule } from './rules.js'

/** What each option of a kind of options may hold. */
export type Rules<Options> = Readonly<Record<keyof Options, Rule>>

/**
 * Checks options one by one, and gives back a frozen copy: what somebody does to their object
 * later changes nothing. Which options go together is not looked at here.
 *
 * @param label what the options stand on, such as `UserService.profile`; it begins every message
 * @param separator what stands between it and the name of an option
 * @throws CacheConfigurationError for an option that does not exist, or holds what it cannot hold
 */
export function checkOptions<Options extends object>(
  options: unknown,
  rules: Rules<Options>,
  label: string,
  separator = ': ',
): Options {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new CacheConfigurationError(label, 'an object that holds options', options)
  }
  const known = Object.keys(rules)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      // Not what it holds: it may be a misspelt secret.
      throw new CacheConfigurationError(`${label}${separator}${name}`, existing(name, known))
    }
    if (value !== undefined) rules[name as keyof Options](value, `${label}${separator}${name}`)
  }
  return Object.freeze({ ...options }) as Options
}

function existing(name: string, known: readonly string[]): string {
  const close = closestOf(name, known)
  return close === undefined
    ? `expected an option that exists: ${known.join(', ')}`
    : `expected an option that exists (is it ${close}?)`
}
