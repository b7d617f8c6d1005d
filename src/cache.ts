import { type Duration, toMilliseconds } from './duration.js'
import { CacheConfigurationError, CacheWeavingError } from './errors.js'
import type { Confirmation } from './engine/invalidator.js'
import type { PutResult } from './engine/put-operation.js'
import { type CachedMethodName, entryOf, type HandleOf } from './entry-handle.js'
import type { LoadOptions, SetOptions } from './key-options.js'
import type { CacheNamespace } from './namespace.js'
import { inspect } from './node-util.js'
import { type CacheSummary, summaryOf } from './observability/cache-summary.js'
import type { CacheHealth } from './observability/health.js'
import type { CacheStatistics } from './observability/statistics.js'
import { checkOptions, type Rules } from './options/check-options.js'
import type { Key } from './options/entry-options.js'
import { aBoolean, aFunction, isNameList } from './options/rules.js'
import type { RedisStatistics } from './redis/redis-statistics.js'
import type { WarmupHooks } from './warmup/warmup-hooks.js'
import type { Caller } from './weaving/caller.js'
import type { Weaver } from './weaving/weaver.js'

/** The parts of a cache, put together by `Composition`. */
export interface CacheParts {
  readonly weaver: Weaver
  readonly caller: Caller
  readonly isEnabled: boolean
  readonly warmup: WarmupHooks
  readonly namespaceOf: (name: string) => CacheNamespace
  readonly statistics: () => CacheStatistics
  readonly health: (probe: boolean) => Promise<CacheHealth>
  readonly redisStatistics: () => Promise<RedisStatistics | undefined>
  readonly whenReady: (timeout: number) => Promise<boolean>
  readonly close: () => Promise<void>
}

const HEALTH_RULES: Rules<{ probe?: boolean }> = { probe: aBoolean }

/** The namespace that `cache.get`, `cache.set` and the other shorthands use. */
const DEFAULT_NAMESPACE = 'default'

/**
 * A cache: serves decorated methods that are woven to it, and can also be used directly with keys
 * of your own. Made by `createCache`.
 */
export class Cache {
  readonly #parts: CacheParts
  #closing: Promise<void> | undefined

  /** @internal `createCache` makes caches. */
  constructor(parts: CacheParts) {
    this.#parts = parts
  }

  /**
   * Connects the decorated methods of an instance to this cache and returns the instance. Weaving
   * twice is harmless, and so is an instance without decorated methods.
   *
   * @throws CacheWeavingError, CacheConfigurationError when the decorators of its class do not fit
   * @throws CacheWeavingError when `instance` is not an instance of a class, or another open cache
   *   has woven it
   */
  weave<Instance extends object>(instance: Instance): Instance {
    return this.#parts.weaver.weaveInstance(instance)
  }

  /** @internal Weaves a value that a container made; leaves anything but an instance as it is. */
  activate<Value>(value: Value): Value {
    return this.#parts.weaver.weave(value)
  }

  /**
   * Returns the entry of one cached method, to read, put, evict, refresh and explain single keys.
   *
   * @throws CacheWeavingError when the instance is not woven to this cache, or the method is not
   *   cached
   */
  entryOf<Service extends object, Name extends CachedMethodName<Service> & string>(
    instance: Service,
    method: Name,
  ): HandleOf<Service, Name> {
    const handle = entryOf(instance, method)
    if (!handle.isOf(this.#parts.caller)) {
      throw new CacheWeavingError(
        `entryOf(${instance.constructor.name}): another cache has woven this instance`,
      )
    }
    return handle
  }

  /**
   * Returns a namespace for direct use: the same engine as under the decorators, with keys of your
   * own.
   *
   * @throws CacheConfigurationError when `name` is not a valid name
   */
  namespace(name: string): CacheNamespace {
    return this.#parts.namespaceOf(name)
  }

  /** Returns the fresh value of a key, or undefined. Same as `namespace('default').get`. */
  get<Value>(key: Key): Promise<Value | undefined> {
    return this.#default.get(key)
  }

  /** Stores a value. Same as `namespace('default').set`. */
  set(key: Key, value: unknown, options?: SetOptions): Promise<PutResult | Confirmation> {
    return this.#default.set(key, value, options)
  }

  /** Returns the stored value, or loads and stores it. Same as `namespace('default').getOrLoad`. */
  getOrLoad<Value>(
    key: Key,
    load: () => PromiseLike<Value>,
    options?: LoadOptions,
  ): Promise<Value> {
    return this.#default.getOrLoad(key, load, options)
  }

  /** Returns the fresh values of many keys. Same as `namespace('default').getMany`. */
  getMany<Value>(keys: readonly Key[]): Promise<Map<Key, Value>> {
    return this.#default.getMany(keys)
  }

  /** Stores many values. Same as `namespace('default').setMany`. */
  setMany(
    values: Iterable<readonly [Key, unknown]>,
    options?: SetOptions,
  ): Promise<(PutResult | Confirmation)[]> {
    return this.#default.setMany(values, options)
  }

  /** Removes a key everywhere. Same as `namespace('default').delete`. */
  delete(key: Key): Promise<Confirmation> {
    return this.#default.delete(key)
  }

  /** Whether a fresh value is stored. Same as `namespace('default').has`. */
  has(key: Key): Promise<boolean> {
    return this.#default.has(key)
  }

  /** Milliseconds for which a value stays fresh. Same as `namespace('default').ttl`. */
  ttl(key: Key): Promise<number | undefined> {
    return this.#default.ttl(key)
  }

  /** Makes a value stale now. Same as `namespace('default').expire`. */
  expire(key: Key): Promise<boolean> {
    return this.#default.expire(key)
  }

  /**
   * Invalidates every result that has one of these tags, in every namespace. The cost does not
   * depend on the number of results.
   *
   * @throws CacheConfigurationError when `tags` is a string, which would be a list of letters, or
   *   holds anything but non-empty strings
   */
  async invalidateTags(tags: Iterable<string> & object): Promise<Confirmation> {
    const { caller } = this.#parts
    if (typeof tags !== 'object' || tags === null || !(Symbol.iterator in tags)) {
      const received = typeof tags === 'string' ? 'a string' : typeof tags
      throw new CacheConfigurationError(
        'invalidateTags',
        `expected a list of tags, got ${received}`,
      )
    }
    const names = [...new Set(tags)]
    if (!isNameList(names)) {
      throw new CacheConfigurationError('invalidateTags', 'expected non-empty strings')
    }
    return caller.evict(names.map((tag) => caller.tagTarget(tag)))
  }

  /**
   * Runs `work`, such as a database transaction, and holds back its evicts and puts until `work`
   * has ended. If `work` failed, evicts are still sent, and the keys of its puts are evicted. Reads
   * inside share no loads with other callers.
   */
  async unitOfWork<Value>(work: () => PromiseLike<Value>): Promise<Value> {
    aFunction(work, 'unitOfWork')
    return this.#parts.caller.unitOfWork(work)
  }

  /**
   * Runs `work` and returns its value together with whether Redis confirmed every invalidation it
   * caused. Within a unit of work nothing is confirmed yet, so call `outcome` around the unit.
   */
  async outcome<Value>(
    work: () => PromiseLike<Value>,
  ): Promise<{ readonly value: Value } & Confirmation> {
    aFunction(work, 'outcome')
    return this.#parts.caller.outcome(work)
  }

  /** Returns the counters since the cache was made, by namespace and entry. */
  stats(): CacheStatistics {
    return this.#parts.statistics()
  }

  /**
   * Returns whether the cache works as it should, and if not, why.
   *
   * @param options.probe also writes a value to Redis and reads it back @default false
   */
  async health(options: { readonly probe?: boolean } = {}): Promise<CacheHealth> {
    const { probe = false } = checkOptions<{ probe?: boolean }>(options, HEALTH_RULES, 'health')
    return this.#parts.health(probe)
  }

  /**
   * Returns statistics that Redis reports; undefined without Redis, or when Redis does not answer.
   */
  redisStats(): Promise<RedisStatistics | undefined> {
    return this.#parts.redisStatistics()
  }

  /**
   * Waits until Redis accepts commands. Resolves to true, immediately without Redis, or to false
   * when `timeout` passes first.
   *
   * @throws CacheConfigurationError when `timeout` is not a duration
   */
  async ready(timeout: Duration): Promise<boolean> {
    return this.#parts.whenReady(toMilliseconds(timeout, 'ready'))
  }

  /**
   * Stops background work (within 5 s, even if Redis is down) and closes the connections that the
   * cache opened. Decorated methods then run uncached. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#parts.close()
    return this.#closing
  }

  /** Returns a short summary without keys, values or options, for `JSON.stringify`. */
  toJSON(): CacheSummary {
    return summaryOf(this.stats())
  }

  /** The same summary for `console.log` and error reports. */
  [inspect.custom](): string {
    return `Cache ${inspect(this.toJSON())}`
  }

  /** @internal The hooks of a `WarmupRunner`. */
  get warmup(): WarmupHooks {
    return this.#parts.warmup
  }

  /** @internal False when the cache is switched off and every call just runs its method. */
  get isEnabled(): boolean {
    return this.#parts.isEnabled
  }

  get #default(): CacheNamespace {
    return this.#parts.namespaceOf(DEFAULT_NAMESPACE)
  }
}
