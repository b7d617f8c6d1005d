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

/** What `create-cache.ts` puts together. */
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

/** The namespace of `cache.get`, `cache.set` and their like. */
const DEFAULT_NAMESPACE = 'default'

/** A cache: what decorated methods are woven to, and the same thing for use by hand. */
export class Cache {
  readonly #parts: CacheParts
  #closing: Promise<void> | undefined

  /** @internal `createCache` makes caches. */
  constructor(parts: CacheParts) {
    this.#parts = parts
  }

  /**
   * Connects the decorated methods of an instance with this cache; returns the instance. Harmless
   * when repeated, and for an instance without decorated methods.
   *
   * @throws CacheWeavingError, CacheConfigurationError when the decorators of its class do not fit
   * @throws CacheWeavingError for what is no instance, and for one that another open cache has woven
   */
  weave<Instance extends object>(instance: Instance): Instance {
    return this.#parts.weaver.weaveInstance(instance)
  }

  /** @internal As `weave`, for whatever a container makes: what is no instance it leaves as it is. */
  activate<Value>(value: Value): Value {
    return this.#parts.weaver.weave(value)
  }

  /**
   * The entry of one cached method: to read, put, evict, refresh and explain single keys.
   *
   * @throws CacheWeavingError when the instance is not woven with this cache, or the method not cached
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

  /** A namespace by hand: the same engine, with keys of your own. */
  namespace(name: string): CacheNamespace {
    return this.#parts.namespaceOf(name)
  }

  /** As `namespace('default').get`. */
  get<Value>(key: Key): Promise<Value | undefined> {
    return this.#default.get(key)
  }

  /** As `namespace('default').set`. */
  set(key: Key, value: unknown, options?: SetOptions): Promise<PutResult | Confirmation> {
    return this.#default.set(key, value, options)
  }

  /** As `namespace('default').getOrLoad`. */
  getOrLoad<Value>(
    key: Key,
    load: () => PromiseLike<Value>,
    options?: LoadOptions,
  ): Promise<Value> {
    return this.#default.getOrLoad(key, load, options)
  }

  /** As `namespace('default').getMany`. */
  getMany<Value>(keys: readonly Key[]): Promise<Map<Key, Value>> {
    return this.#default.getMany(keys)
  }

  /** As `namespace('default').setMany`. */
  setMany(
    values: Iterable<readonly [Key, unknown]>,
    options?: SetOptions,
  ): Promise<(PutResult | Confirmation)[]> {
    return this.#default.setMany(values, options)
  }

  /** As `namespace('default').delete`. */
  delete(key: Key): Promise<Confirmation> {
    return this.#default.delete(key)
  }

  /** As `namespace('default').has`. */
  has(key: Key): Promise<boolean> {
    return this.#default.has(key)
  }

  /** As `namespace('default').ttl`. */
  ttl(key: Key): Promise<number | undefined> {
    return this.#default.ttl(key)
  }

  /** As `namespace('default').expire`. */
  expire(key: Key): Promise<boolean> {
    return this.#default.expire(key)
  }

  /**
   * Invalidates everything with one of these tags, in every namespace, whatever its number.
   *
   * @throws CacheConfigurationError for a bare text, whose letters are not what was meant, and for
   * tags that are no texts
   */
  async invalidateTags(tags: Iterable<string> & object): Promise<Confirmation> {
    const { caller } = this.#parts
    if (typeof tags !== 'object' || tags === null || !(Symbol.iterator in tags)) {
      const received = typeof tags === 'string' ? 'a bare text' : typeof tags
      throw new CacheConfigurationError(
        'invalidateTags',
        `expected a list of tags, got ${received}`,
      )
    }
    const names = [...new Set(tags)]
    if (!isNameList(names)) {
      throw new CacheConfigurationError('invalidateTags', 'expected texts that are not empty')
    }
    return caller.evict(names.map((tag) => caller.tagTarget(tag)))
  }

  /**
   * Runs a transaction of yours: evicts and puts inside are held back and sent when it has ended
   * (evicts also when it threw, puts only when it did not). Reads inside share nothing with others.
   */
  async unitOfWork<Value>(work: () => PromiseLike<Value>): Promise<Value> {
    aFunction(work, 'unitOfWork')
    return this.#parts.caller.unitOfWork(work)
  }

  /**
   * Runs `work` and says whether Redis confirmed every invalidation that it caused. Inside of a unit of
   * work nothing is confirmed yet: ask around it.
   */
  async outcome<Value>(
    work: () => PromiseLike<Value>,
  ): Promise<{ readonly value: Value } & Confirmation> {
    aFunction(work, 'outcome')
    return this.#parts.caller.outcome(work)
  }

  /** Counters since the cache was made, by namespace and entry. */
  stats(): CacheStatistics {
    return this.#parts.statistics()
  }

  /**
   * Whether the cache works as it should, and if not, why.
   *
   * @param options.probe also writes to Redis and reads back
   */
  async health(options: { readonly probe?: boolean } = {}): Promise<CacheHealth> {
    const { probe = false } = checkOptions<{ probe?: boolean }>(options, HEALTH_RULES, 'health')
    return this.#parts.health(probe)
  }

  /** What Redis says of itself; undefined without Redis, or when it does not answer. */
  redisStats(): Promise<RedisStatistics | undefined> {
    return this.#parts.redisStatistics()
  }

  /**
   * True once Redis takes commands; at once without Redis. False if it does not within `timeout`.
   *
   * @throws CacheConfigurationError when `timeout` is no duration
   */
  async ready(timeout: Duration): Promise<boolean> {
    return this.#parts.whenReady(toMilliseconds(timeout, 'ready'))
  }

  /**
   * Ends background work (within 5 s, also with Redis dead) and closes the connections that the
   * cache has made. Decorated methods run as plain methods from then on. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#parts.close()
    return this.#closing
  }

  /** A few numbers, and nothing of what the cache holds or was given. */
  toJSON(): CacheSummary {
    return summaryOf(this.stats())
  }

  /** The same, where `console.log` or an error report meets a cache. */
  [inspect.custom](): string {
    return `Cache ${inspect(this.toJSON())}`
  }

  /** @internal What a `WarmupRunner` needs to know. */
  get warmup(): WarmupHooks {
    return this.#parts.warmup
  }

  /** @internal False: everything is plain calls. */
  get isEnabled(): boolean {
    return this.#parts.isEnabled
  }

  get #default(): CacheNamespace {
    return this.#parts.namespaceOf(DEFAULT_NAMESPACE)
  }
}
