import type { Container } from 'inversify'

import { Cache } from './cache.js'
import type { CacheOptions } from './cache-options.js'
import { createCache } from './create-cache.js'
import { CacheWeavingError } from './errors.js'
import { WarmupRunner } from './warmup/warmup-runner.js'
import { INSTALLED, Installation, type Installed } from './weaving/inversify/installation.js'
import { bindingsOf, internalsOf } from './weaving/inversify/internals.js'
import { openContainer } from './weaving/inversify/open-container.js'
import { resolveWarmable } from './weaving/inversify/resolve-warmable.js'
import { weaveOnPlans } from './weaving/inversify/weave-on-plans.js'

/**
 * Weaves every service of an Inversify container whose class has decorated methods, however it is
 * bound, now or later, here or in a child container. Also binds `Cache` and `WarmupRunner`, unless
 * they are bound; the runner warms what `resolveWarmable` finds in this container.
 *
 * Call it on the root container, before services are made: transient and request-scoped ones that
 * exist stay as they are. Harmless when repeated with the same cache.
 *
 * @param cacheOrOptions the options of a new cache, or a cache that you have made and also close
 * @returns the cache; close it when the service ends
 * @throws CacheWeavingError when another cache weaves the container or its parent already, when
 * Inversify is older than 7.11, or when the decorators of a singleton that exists do not fit
 * @throws CacheConfigurationError for an option that does not exist or holds what it cannot hold
 *
 * @example
 * const container = new Container()
 * const cache = installCaching(container, { redis: process.env.REDIS_URL })
 * container.bind(UserService).toSelf().inSingletonScope()
 */
export function installCaching(
  container: Container,
  cacheOrOptions: Cache | CacheOptions = {},
): Cache {
  const given = isCache(cacheOrOptions) ? cacheOrOptions : undefined
  if (container.isBound(INSTALLED)) {
    const { cache } = container.get<Installed>(INSTALLED)
    if (cache !== given) refuseSecond()
    if (container.isCurrentBound(INSTALLED)) return cache
  }
  const cache = given ?? createCache(cacheOrOptions as CacheOptions)
  try {
    install(container, cache)
  } catch (error) {
    if (given === undefined) void cache.close()
    throw error
  }
  return cache
}

/** Not by class alone: a cache of another copy of the package is one as well. */
function isCache(candidate: Cache | CacheOptions): candidate is Cache {
  return candidate instanceof Cache || typeof (candidate as Partial<Cache>).weave === 'function'
}

function refuseSecond(): never {
  throw new CacheWeavingError(
    'installCaching: another cache weaves this container or its parent already, and would share ' +
      'its services. Pass that cache (it is bound as Cache), or use a container of its own',
  )
}

function install(container: Container, cache: Cache): void {
  const opened = openContainer(container)
  const { context } = opened
  const internals = internalsOf(context)
  const isWoven = internals !== undefined && Installation.on(internals, cache).begin(container)
  if (!isWoven) {
    warnOfFallback()
    weaveOnPlans(container, opened, cache)
  }
  if (!container.isCurrentBound(INSTALLED)) {
    const installed: Installed = { cache, bindings: () => bindingsOf(context) }
    container.bind<Installed>(INSTALLED).toConstantValue(installed)
  }
  if (!container.isCurrentBound(Cache)) container.bind(Cache).toConstantValue(cache)
  if (!container.isCurrentBound(WarmupRunner)) bindWarmupRunner(container, cache)
}

function bindWarmupRunner(container: Container, cache: Cache): void {
  const known = new Map<object, object>()
  container
    .bind(WarmupRunner)
    .toDynamicValue(() => new WarmupRunner(cache, () => resolveWarmable(container, known)))
    .inSingletonScope()
}

function warnOfFallback(): void {
  process.emitWarning(
    'cachewright: this release of Inversify is not one that cachewright knows (it knows ^7.11 and ' +
      '^8). Services are woven as they are planned; not woven are services that exist, services ' +
      'that are bound again, and the own bindings of child containers: call cache.weave on those',
    { code: 'CACHEWRIGHT_INVERSIFY_FALLBACK' },
  )
}
