import { CacheConfigurationError, kindOf } from '../errors.js'

/**
 * Checks that the value of an option is a whole number.
 *
 * @throws CacheConfigurationError
 */
export function integerOption(option: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
    return Number(value)
  const shown = typeof value === 'number' ? value : kindOf(value)
  throw new CacheConfigurationError(option, `a whole number from ${least} to ${most}`, shown)
}
