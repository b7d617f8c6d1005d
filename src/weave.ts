import type { Cache } from './cache.js'
import { CacheWeavingError } from './errors.js'

/**
 * Connects the decorated methods of an instance with a cache, without a container. Returns the
 * instance itself; harmless when repeated.
 *
 * @throws CacheWeavingError, CacheConfigurationError when the decorators of its class do not fit
 * @throws CacheWeavingError for what is no instance, and for one that another open cache has woven
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
