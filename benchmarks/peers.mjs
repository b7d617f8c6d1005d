import { createRequire } from 'node:module'

import { stringify } from 'safe-stable-stringify'

import { DISTRIBUTION } from './harness.mjs'

const require = createRequire(import.meta.url)
const TTL = 3_600_000

/**
 * Opens each library for the same task: a method of one argument, cached in memory, in Redis, or in
 * both. Each is set up as its documentation shows, with its means of notifying other processes.
 *
 * `open(options)` returns `{ get(argument), drop(argument), dropTag?(), clear(), close() }`.
 *
 * - `tiers`: 'memory', 'redis' or 'both'
 * - `url`: the URL of Redis
 * - `space`: a name that keeps runs apart
 * - `load(argument)`: the slow method
 * - `tag`: the tag of every entry, if any
 */
export const peers = {
  cachewright: openCachewright,
  bentocache: openBentocache,
  cacheable: openCacheable,
  'cache-manager': openCacheManager,
  '@type-cacheable/core': openTypeCacheable,
  'layered-loader': openLayeredLoader,
  'async-cache-dedupe': openAsyncCacheDedupe,
}

/** The hand-written reference for how fast an invalidation reaches other processes. */
export async function openBare({ url, space, load }) {
  const { Redis } = await import('ioredis')
  const [redis, subscriber] = [new Redis(url), new Redis(url)]
  const values = new Map()
  subscriber.on('message', (_, key) => values.delete(key))
  await subscriber.subscribe(space)
  return {
    get: async (key) => {
      if (!values.has(key)) values.set(key, await load(key))
      return values.get(key)
    },
    drop: (key) => Promise.all([redis.del(`${space}:${key}`), redis.publish(space, key)]),
    close: async () => {
      redis.disconnect()
      subscriber.disconnect()
    },
  }
}

/**
 * The key for libraries that do not derive one from an object: it ignores the order of properties.
 */
function keyOf(argument) {
  return typeof argument === 'string' ? argument : stringify(argument)
}

async function openCachewright({ tiers, url, space, load, tag, tune }) {
  const { CacheConfig, Cached, CacheEvict } = await import(`${DISTRIBUTION}index.js`)
  const { installCaching } = await import(`${DISTRIBUTION}inversify.js`)
  const { Container, injectable } = await import('inversify')
  const where = { memory: ['memory'], redis: ['redis'], both: ['memory', 'redis'] }[tiers]
  class Service {
    read(argument) {
      return load(argument)
    }
    async drop(argument) {
      return argument
    }
  }
  // Decorated by hand, because this file is not compiled.
  const tags = tag === undefined ? {} : { tags: () => [tag] }
  decorate(Service, 'read', Cached({ ttl: '1h', tiers: where, ...tags }))
  decorate(Service, 'drop', CacheEvict({ entry: 'read' }))
  CacheConfig({ namespace: 'benchmark' })(Service)
  injectable()(Service)
  const container = new Container()
  const redis = tiers === 'memory' ? {} : { redis: url }
  const memory = { maxItems: 200_000, maxBytes: 512 * 1_024 ** 2 }
  const cache = installCaching(container, { prefix: space, memory, ...redis, ...tune })
  container.bind(Service).toSelf().inSingletonScope()
  const service = container.get(Service)
  if (!(await cache.ready(5_000))) throw new Error('Redis is not ready')
  return {
    get: (argument) => service.read(argument),
    drop: (argument) => service.drop(argument),
    dropTag: () => cache.invalidateTags([tag]),
    clear: () => cache.namespace('benchmark').clear(),
    close: () => cache.close(),
    // For benchmarks that only concern cachewright.
    cache,
    service,
  }
}

async function openBentocache({ tiers, url, space, load, tag }) {
  const { BentoCache, bentostore } = await import('bentocache')
  const { memoryDriver } = await import('bentocache/drivers/memory')
  const { redisDriver, redisBusDriver } = await import('bentocache/drivers/redis')
  let store = bentostore({ prefix: space })
  if (tiers !== 'redis')
    store = store.useL1Layer(memoryDriver({ maxSize: '512mb', maxItems: 200_000 }))
  if (tiers !== 'memory') store = store.useL2Layer(redisDriver({ connection: connectionOf(url) }))
  if (tiers === 'both') store = store.useBus(redisBusDriver({ connection: connectionOf(url) }))
  const cache = new BentoCache({ default: 'store', stores: { store }, ttl: TTL })
  const tags = tag === undefined ? {} : { tags: [tag] }
  return {
    get: (argument) =>
      cache.getOrSet({ key: keyOf(argument), factory: () => load(argument), ttl: TTL, ...tags }),
    drop: (argument) => cache.delete({ key: keyOf(argument) }),
    dropTag: () => cache.deleteByTag({ tags: [tag] }),
    clear: () => cache.clear(),
    close: () => cache.disconnectAll(),
  }
}

async function openCacheable({ tiers, url, space, load, tag }) {
  const { Cacheable } = await import('cacheable')
  const { Keyv } = await import('keyv')
  const { default: KeyvRedis } = await import('@keyv/redis')
  const secondary = tiers === 'memory' ? undefined : new KeyvRedis(url, { namespace: space })
  const store =
    tiers === 'redis'
      ? { primary: new Keyv(secondary) }
      : secondary === undefined
        ? {}
        : { secondary }
  const cache = new Cacheable({ ...store, ttl: TTL, tags: tag !== undefined })
  const tags = tag === undefined ? {} : { tags: [tag] }
  return {
    get: (argument) => cache.getOrSet(keyOf(argument), () => load(argument), { ttl: TTL, ...tags }),
    drop: (argument) => cache.delete(keyOf(argument)),
    dropTag: () => cache.tags.invalidateTag(tag),
    clear: () => cache.clear(),
    close: () => cache.disconnect(),
  }
}

async function openCacheManager({ tiers, url, space, load, tag }) {
  if (tag !== undefined) return undefined
  const { createCache } = await import('cache-manager')
  const { Keyv } = await import('keyv')
  const { default: KeyvRedis } = await import('@keyv/redis')
  const stores = []
  if (tiers !== 'redis') stores.push(new Keyv())
  if (tiers !== 'memory') stores.push(new Keyv({ store: new KeyvRedis(url), namespace: space }))
  const cache = createCache({ stores, ttl: TTL })
  return {
    get: (argument) => cache.wrap(keyOf(argument), () => load(argument), TTL),
    drop: (argument) => cache.del(keyOf(argument)),
    clear: () => cache.clear(),
    close: () => cache.disconnect(),
  }
}

/** This library has one tier. */
async function openTypeCacheable({ tiers, url, space, load, tag }) {
  if (tag !== undefined) return undefined
  const { Cacheable, CacheClear } = require('@type-cacheable/core')
  const { client, disconnect } = typeCacheableClient(tiers, url)
  class Service {
    read(argument) {
      return load(argument)
    }
    async drop() {}
    async clear() {}
  }
  const cacheKey = ([argument]) => `${space}:${keyOf(argument)}`
  decorate(Service, 'read', Cacheable({ client, cacheKey, ttlSeconds: TTL / 1_000 }))
  decorate(Service, 'drop', CacheClear({ client, cacheKey }))
  decorate(Service, 'clear', CacheClear({ client, cacheKey: `${space}:*`, isPattern: true }))
  const service = new Service()
  return {
    get: (argument) => service.read(argument),
    drop: (argument) => service.drop(argument),
    clear: () => service.clear(),
    close: disconnect,
  }
}

function typeCacheableClient(tiers, url) {
  if (tiers !== 'memory') {
    const { useAdapter } = require('@type-cacheable/ioredis-adapter')
    const { Redis } = require('ioredis')
    const redis = new Redis(url)
    return { client: useAdapter(redis), disconnect: async () => redis.disconnect() }
  }
  const { useAdapter } = require('@type-cacheable/lru-cache-adapter')
  const { LRUCache } = require('lru-cache')
  return { client: useAdapter(new LRUCache({ max: 200_000 })), disconnect: async () => {} }
}

async function openLayeredLoader({ tiers, url, space, load, tag }) {
  const library = await import('layered-loader')
  const { Redis } = await import('ioredis')
  const isGrouped = tag !== undefined
  const connections = []
  const connect = () => {
    connections.push(new Redis(url))
    return connections.at(-1)
  }
  const settings = { dataSourceGetOneFn: (argument) => load(argument) }
  const limits = isGrouped ? { maxGroups: 100, maxItemsPerGroup: 200_000 } : { maxItems: 200_000 }
  const cacheType = isGrouped ? 'lru-object' : 'lru-map'
  if (tiers !== 'redis') settings.inMemoryCache = { cacheType, ttlInMsecs: TTL, ...limits }
  if (tiers !== 'memory') {
    const RedisCache = isGrouped ? library.RedisGroupCache : library.RedisCache
    settings.asyncCache = new RedisCache(connect(), { json: true, ttlInMsecs: TTL, prefix: space })
  }
  if (tiers === 'both') {
    const createPair = isGrouped
      ? library.createGroupNotificationPair
      : library.createNotificationPair
    const pair = createPair({ channel: space, consumerRedis: connect(), publisherRedis: connect() })
    settings.notificationConsumer = pair.consumer
    settings.notificationPublisher = pair.publisher
  }
  settings.cacheKeyFromLoadParamsResolver = keyOf
  const loader = isGrouped ? new library.GroupLoader(settings) : new library.Loader(settings)
  await loader.init?.()
  return {
    get: (argument) => (isGrouped ? loader.get(argument, tag) : loader.get(argument)),
    drop: (argument) =>
      isGrouped
        ? loader.invalidateCacheFor(keyOf(argument), tag)
        : loader.invalidateCacheFor(keyOf(argument)),
    dropTag: () => loader.invalidateCacheForGroup(tag),
    clear: () => loader.invalidateCache(),
    close: async () => {
      for (const connection of connections) connection.disconnect()
    },
  }
}

/** This library has one tier. */
async function openAsyncCacheDedupe({ tiers, url, load, space, tag }) {
  const { createCache } = await import('async-cache-dedupe')
  const { Redis } = await import('ioredis')
  const redis = tiers === 'memory' ? undefined : new Redis(url, { keyPrefix: '' })
  const invalidation = tag === undefined ? {} : { invalidation: { referencesTTL: TTL / 1_000 } }
  const storage =
    redis === undefined
      ? { type: 'memory', options: { size: 200_000, invalidation: tag !== undefined } }
      : { type: 'redis', options: { client: redis, ...invalidation } }
  const references = tag === undefined ? {} : { references: () => [tag] }
  const cache = createCache({ ttl: TTL / 1_000, storage })
  cache.define(space, references, (argument) => load(argument))
  return {
    get: (argument) => cache[space](argument),
    drop: (argument) => cache.clear(space, argument),
    dropTag: () => cache.invalidate(space, [tag]),
    clear: () => cache.clear(space),
    close: async () => redis?.disconnect(),
  }
}

function decorate(Class, name, decorator) {
  const descriptor = Object.getOwnPropertyDescriptor(Class.prototype, name)
  Object.defineProperty(
    Class.prototype,
    name,
    decorator(Class.prototype, name, descriptor) ?? descriptor,
  )
}

function connectionOf(url) {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port || 6379) }
}
