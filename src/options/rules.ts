import { toMilliseconds } from '../duration.js'
import { CacheConfigurationError } from '../errors.js'

/**
 * Checks the value of one option, and throws if it is invalid. `option` is its full name, such as
 * `UserService.profile: ttl`.
 */
export type Rule = (value: unknown, option: string) => void

/** Makes a rule from a predicate; `expected` describes the values that it accepts. */
export function rule(expected: string, holds: (value: unknown) => boolean): Rule {
  return (value, option) => {
    if (!holds(value)) throw new CacheConfigurationError(option, expected, value)
  }
}

/**
 * Makes a rule that accepts what `first` accepts, and else applies `otherwise`, which also words
 * the error.
 */
export function either(first: (value: unknown) => boolean, otherwise: Rule): Rule {
  return (value, option) => {
    if (!first(value)) otherwise(value, option)
  }
}

export function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

export function isFalse(value: unknown): boolean {
  return value === false
}

/** Whether a value may hold options; an array may not. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Accepts a duration of 0 or more. */
export const aDuration: Rule = (value, option) => {
  toMilliseconds(value as number, option)
}

/** Accepts a duration above zero: no work can finish within a time limit of zero. */
export const aPositiveDuration: Rule = (value, option) => {
  if (toMilliseconds(value as number, option) === 0) {
    throw new CacheConfigurationError(option, 'a duration above zero', value)
  }
}

/** Accepts a function. */
export const aFunction = rule('a function', isFunction)

/** Accepts true and false. */
export const aBoolean = rule('true or false', (value) => typeof value === 'boolean')

/** Accepts a non-empty string. */
export const aName = rule('a non-empty string', isName)

/** Accepts a list of non-empty strings. */
export const aTagList = rule('a list of non-empty strings', isNameList)

/** Makes a rule for whole numbers of `least` or more, and for `Infinity` if `orInfinity`. */
export function aCount(least: number, orInfinity = false): Rule {
  const expected = `a whole number of ${least} or more${orInfinity ? ', or Infinity' : ''}`
  return rule(expected, (value) => {
    if (value === Number.POSITIVE_INFINITY) return orInfinity
    return Number.isSafeInteger(value) && (value as number) >= least
  })
}

/** Accepts a number above zero, such as loads per second. */
export const aRate = rule(
  'a number above zero',
  (value) => Number.isFinite(value) && (value as number) > 0,
)

/** Makes a rule that accepts only these values. */
export function oneOf(...values: readonly string[]): Rule {
  const expected = values.map((value) => `'${value}'`).join(' or ')
  return rule(expected, (value) => values.includes(value as string))
}

/** Whether a value can name a namespace, an entry or a tag. The length is not limited. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Whether a value is a list of non-empty strings. */
export function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isName)
}
