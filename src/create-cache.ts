import type { Cache } from './cache.js'
import type { CacheOptions } from './cache-options.js'
import { Composition } from './composition.js'
import { lazyRequire } from './lazy.js'
import { resolveCacheOptions } from './resolve-cache-options.js'

/** A third of the package, which a cache in memory does not need. */
const redisTier = lazyRequire<typeof import('./redis/redis-tier.js')>('./redis/redis-tier.js')

/**
 * Makes a cache. Connects to Redis in the background: a Redis that is not there delays nobody.
 *
 * @throws CacheConfigurationError naming the option, what it may be, and what came
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
