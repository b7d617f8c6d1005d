import type { Cache } from './cache.js'

/**
 * Connects the decorated methods of an instance with a cache, without a container. Returns the
 * instance itself; harmless when repeated.
 *
 * @throws CacheWeavingError, CacheConfigurationError when the decorators of its class do not fit
 *
 * @example
 * const users = weave(new UserService(repository), cache)
 */
export function weave<Instance>(instance: Instance, cache: Cache): Instance {
  return cache.weave(instance)
}
