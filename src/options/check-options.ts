import { CacheConfigurationError } from '../errors.js'
import { existingOption } from '../existing-option.js'
import type { Rule } from './rules.js'

/** The rule of each option in a set of options. */
export type Rules<Options> = Readonly<Record<keyof Options, Rule>>

/**
 * Checks options one by one and returns a frozen copy, so that later changes to the given object
 * have no effect. Does not check how options combine.
 *
 * @param label what the options belong to, such as `UserService.profile`; it begins every message
 * @param separator the text between the label and the name of an option
 * @throws CacheConfigurationError for an unknown option or an invalid value
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
      // The value is not shown: it may belong to a misspelt secret.
      throw new CacheConfigurationError(`${label}${separator}${name}`, existingOption(name, known))
    }
    if (value !== undefined) rules[name as keyof Options](value, `${label}${separator}${name}`)
  }
  return Object.freeze({ ...options }) as Options
}
