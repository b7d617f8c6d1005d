import type { Cache } from './cache.js'
import { CacheWeavingError } from './errors.js'

/**
 * Connects the decorated methods of an instance to a cache, without a container, and returns the
 * instance. Weaving twice is harmless.
 *
 * @throws CacheWeavingError, CacheConfigurationError when the decorators of its class do not fit
 * @throws CacheWeavingError when `instance` is not an instance of a class, or another open cache
 *   has woven it
 *
 * @example
 * const users = weave(new UserService(repository), cache)
 */
export function weave<Instance extends object>(instance: Instance, cache: Cache): Instance {
  if (typeof (cache as Partial<Cache> | undefined)?.weave !== 'function') {
    throw new CacheWeavingError('weave: expected an instance, then the cache that createCache made')
  }
  return cache.weave(instance)
}
