import { toMilliseconds } from '../duration.js'
import { CacheConfigurationError } from '../errors.js'

/** Looks at one option's value. `option` is its full name, such as `UserService.profile: ttl`. */
export type Rule = (value: unknown, option: string) => void

/** A value for which `holds` is true; `expected` says in words what that is. */
export function rule(expected: string, holds: (value: unknown) => boolean): Rule {
  return (value, option) => {
    if (!holds(value)) throw new CacheConfigurationError(option, expected, value)
  }
}

/** A value that suits one of the rules. The last one's complaint is the one that is shown. */
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

/** Something that may hold options. A list is not what was meant. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A duration, whole in itself: 0 or more. */
export const aDuration: Rule = (value, option) => {
  toMilliseconds(value as number, option)
}

/** A duration above zero: what takes no time at all cannot be waited for. */
export const aPositiveDuration: Rule = (value, option) => {
  if (toMilliseconds(value as number, option) === 0) {
    throw new CacheConfigurationError(option, 'a duration above zero', value)
  }
}

export const aFunction = rule('a function', isFunction)

export const aBoolean = rule('true or false', (value) => typeof value === 'boolean')

export const aName = rule('a text that is not empty', isName)

export const aTagList = rule('a list of texts that are not empty', isNameList)

/** Whole numbers from `least` on, and `Infinity` where it has a meaning. */
export function aCount(least: number, orInfinity = false): Rule {
  const expected = `a whole number from ${least} on${orInfinity ? ', or Infinity' : ''}`
  return rule(expected, (value) => {
    if (value === Number.POSITIVE_INFINITY) return orInfinity
    return Number.isSafeInteger(value) && (value as number) >= least
  })
}

/** A number above zero, such as how many per second. */
export const aRate = rule(
  'a number above zero',
  (value) => Number.isFinite(value) && (value as number) > 0,
)

export function oneOf(...values: readonly string[]): Rule {
  const expected = values.map((value) => `'${value}'`).join(' or ')
  return rule(expected, (value) => values.includes(value as string))
}

/** Whether it can stand for a namespace, an entry or a tag: how long it is does not matter. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isName)
}
