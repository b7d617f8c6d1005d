import { CacheConfigurationError } from '../errors.js'
import type { EntryOptions } from './entry-options.js'

/**
 * What is left of an entry's tiers in a cache with `memory: false`.
 *
 * @param label the entry, for the error
 * @throws CacheConfigurationError when nothing is left
 */
export function tiersWithoutMemory(
  tiers: EntryOptions['tiers'],
  label: string,
): Pick<EntryOptions, 'tiers'> {
  if (tiers?.includes('redis') === true) return { tiers: ['redis'] }
  throw new CacheConfigurationError(
    `${label}: tiers`,
    "'redis' among them, for the cache was made with memory: false",
    tiers?.join(', '),
  )
}
