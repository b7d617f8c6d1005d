import { CacheConfigurationError, kindOf } from '../errors.js'

/**
 * Returns the value of an option if it is an integer from `least` to `most`.
 *
 * @throws CacheConfigurationError otherwise
 */
export function integerOption(option: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
    return Number(value)
  const shown = typeof value === 'number' ? value : kindOf(value)
  throw new CacheConfigurationError(option, `a whole number from ${least} to ${most}`, shown)
}
