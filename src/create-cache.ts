import type { Cache } from './cache.js'
import type { CacheOptions } from './cache-options.js'
import { Composition } from './composition.js'
import { lazyRequire } from './lazy.js'
import { resolveCacheOptions } from './resolve-cache-options.js'

/**
 * Loaded on first use: it is a third of the package, and a cache without Redis does not need it.
 */
const redisTier = lazyRequire<typeof import('./redis/redis-tier.js')>('./redis/redis-tier.js')

/**
 * Creates a cache. It connects to Redis in the background, so an unreachable Redis delays nothing.
 *
 * @throws CacheConfigurationError naming the option, what it accepts and what it got
 *
 * @example
 * const cache = createCache({ redis: 'redis://localhost:6379', prefix: 'shop' })
 */
export function createCache(options: CacheOptions = {}): Cache {
  const resolved = resolveCacheOptions(options)
  const { redis } = resolved
  return new Composition(resolved, (names, onEvent) =>
    redis === undefined ? undefined : redisTier().openRedisTier(redis, resolved, names, onEvent),
  ).cache
}
