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
 * Weaves every service of an Inversify container whose class has decorated methods: however it is
 * bound, whether now or later, and also in child containers. Also binds `Cache` and `WarmupRunner`
 * unless they are bound; the runner warms the services of this container.
 *
 * Call it on the root container before services are created: existing transient and request-scoped
 * services are not woven. Calling it again with the same cache is harmless.
 *
 * @param cacheOrOptions the options of a new cache, or an existing cache
 * @returns the cache; close it when the service stops
 * @throws CacheWeavingError when another cache already weaves the container or its parent, when
 *   Inversify is older than 7.11, or when the decorators of an existing singleton do not fit
 * @throws CacheConfigurationError for an unknown option or an invalid value
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

/**
 * Also accepts a cache made by another copy of the package, which `instanceof` does not recognise.
 */
function isCache(candidate: Cache | CacheOptions): candidate is Cache {
  return candidate instanceof Cache || typeof (candidate as Partial<Cache>).weave === 'function'
}

function refuseSecond(): never {
  throw new CacheWeavingError(
    'installCaching: another cache already weaves this container or its parent. Pass that cache ' +
      '(it is bound as Cache), or use a separate container',
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
    'cachewright: unknown release of Inversify (^7.11 and ^8 are supported). Services are woven as ' +
      'they are planned, except services that already exist, services that are bound again, and ' +
      'bindings of child containers: call cache.weave on those',
    { code: 'CACHEWRIGHT_INVERSIFY_FALLBACK' },
  )
}
