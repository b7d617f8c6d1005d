import { CacheConfigurationError } from '../errors.js'
import type { EntryOptions } from './entry-options.js'

/**
 * Returns the tiers of an entry in a cache with `memory: false`.
 *
 * @param label the entry, for the error
 * @throws CacheConfigurationError when no tier is left
 */
export function tiersWithoutMemory(
  tiers: EntryOptions['tiers'],
  label: string,
): Pick<EntryOptions, 'tiers'> {
  if (tiers?.includes('redis') === true) return { tiers: ['redis'] }
  throw new CacheConfigurationError(
    `${label}: tiers`,
    "a list with 'redis', since the cache was created with memory: false",
    tiers?.join(', '),
  )
}
