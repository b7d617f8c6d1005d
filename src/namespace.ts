import { abortable } from './abortable.js'
import type { CachedEntry } from './engine/cached-entry.js'
import type { Confirmation } from './engine/invalidator.js'
import type { PutOperation, PutResult } from './engine/put-operation.js'
import { CacheConfigurationError, kindOf } from './errors.js'
import { entrySummaryOf, inspected } from './entry-summary.js'
import { type Explanation, explain, explainBypass } from './explain.js'
import {
  checkKeyOptions,
  LOAD_OPTIONS,
  type LoadOptions,
  NONE,
  SCOPE_OPTIONS,
  type ScopeOptions,
  SET_OPTIONS,
  type SetOptions,
} from './key-options.js'
import { inspect } from './node-util.js'
import type { Key } from './options/entry-options.js'
import { isName } from './options/rules.js'
import type { Caller } from './weaving/caller.js'
import { listOfKey } from './weaving/key-of.js'

/** A key reserved for a value that is still being computed. */
export interface Reservation<Value> {
  /**
   * Stores the value. If the key was invalidated or reserved again meanwhile, evicts the key
   * instead.
   *
   * @throws CacheConfigurationError when the reservation was already committed or abandoned
   */
  commit(value: Value): Promise<PutResult | Confirmation>
  /** Gives up the reservation without storing a value. */
  abandon(): void
}

interface NamespaceSettings {
  /**
   * False when switched off: reads find nothing, `getOrLoad` just loads, and a put evicts its key.
   */
  readonly isEnabled: boolean
  /** The configured ttl, for values without a ttl of their own. */
  readonly ttl: unknown
}

/** A namespace for direct use: the same engine as under the decorators, with keys of your own. */
export class CacheNamespace {
  readonly #entry: CachedEntry
  readonly #caller: Caller
  readonly #settings: NamespaceSettings

  /** @internal Use `cache.namespace(name)`. */
  constructor(entry: CachedEntry, caller: Caller, settings: NamespaceSettings) {
    this.#entry = entry
    this.#caller = caller
    this.#settings = settings
  }

  get name(): string {
    return this.#entry.policy.namespace
  }

  /** Returns the fresh value of a key; undefined without one. */
  async get<Value>(key: Key, options: ScopeOptions = NONE): Promise<Value | undefined> {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return undefined
    const found = await this.#entry.lookups.find(text, options.scope)
    return found?.value as Value | undefined
  }

  /** Returns the fresh value from memory, synchronously; undefined when memory has none. */
  peek<Value>(key: Key, options: ScopeOptions = NONE): Value | undefined {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return undefined
    return this.#entry.peek(text)?.value as Value | undefined
  }

  /**
   * Whether a fresh value is stored; unlike `get`, also tells a stored `undefined` from no value.
   */
  async has(key: Key, options: ScopeOptions = NONE): Promise<boolean> {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return false
    return (await this.#entry.lookups.lookUp(text, options.scope)) !== undefined
  }

  /**
   * Returns the whole milliseconds for which the stored value stays fresh; undefined without a
   * value.
   */
  async ttl(key: Key, options: ScopeOptions = NONE): Promise<number | undefined> {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return undefined
    const located = await this.#entry.lookups.locate(text, options.scope)
    if (located.tier === undefined || located.entry === undefined) return undefined
    return Math.max(0, Math.ceil(located.entry.freshUntil - this.#entry.now()))
  }

  /**
   * Returns the fresh value, or calls `load` and stores its result. Concurrent calls share one load
   * per key.
   */
  getOrLoad<Value>(
    key: Key,
    load: () => PromiseLike<Value>,
    options: LoadOptions = NONE,
  ): Promise<Value> {
    let reading: Promise<unknown>
    try {
      if (typeof load !== 'function') this.#refuse('load', 'a function', kindOf(load))
      const text = this.#keyOf(key, options, LOAD_OPTIONS)
      reading = this.#settings.isEnabled
        ? this.#entry.read(text, options.scope, load, undefined, [options])
        : Promise.resolve(load())
    } catch (error) {
      return Promise.reject(error)
    }
    const { signal } = options
    return (signal === undefined ? reading : abortable(reading, signal)) as Promise<Value>
  }

  /**
   * Returns the fresh values of many keys, in one round trip. The Map leaves out keys without a
   * value.
   */
  async getMany<Value>(
    keys: readonly Key[],
    options: ScopeOptions = NONE,
  ): Promise<Map<Key, Value>> {
    const texts = this.#listed(keys, 'keys', 'a list of keys').map((key) =>
      this.#keyOf(key, options),
    )
    if (!this.#settings.isEnabled) return new Map()
    const found = await Promise.all(
      texts.map((text) => this.#entry.lookups.find(text, options.scope)),
    )
    const values = new Map<Key, Value>()
    keys.forEach((key, index) => {
      const value = found[index]
      if (value !== undefined) values.set(key, value.value as Value)
    })
    return values
  }

  /**
   * Stores a value, and keeps loads that already run from overwriting it. The cache cannot tell
   * whether the value was read before or after the last change; `reserve` can.
   */
  async set(
    key: Key,
    value: unknown,
    options: SetOptions = NONE,
  ): Promise<PutResult | Confirmation> {
    return (await this.reserve(key, options)).commit(value)
  }

  /** Stores many values, in few round trips. Checks all keys before it stores any value. */
  async setMany(
    values: Iterable<readonly [Key, unknown]>,
    options: SetOptions = NONE,
  ): Promise<(PutResult | Confirmation)[]> {
    const pairs = this.#listed(values, 'values', PAIRS)
    // Check every key first: an invalid one must be reported before other values are stored.
    for (const pair of pairs) {
      if (!Array.isArray(pair)) this.#refuse('values', PAIRS, kindOf(pair))
      this.#keyOf(pair[0], options, SET_OPTIONS)
    }
    const results: (PutResult | Confirmation)[] = []
    for (let start = 0; start < pairs.length; start += PUTS_AT_ONCE) {
      const part = pairs.slice(start, start + PUTS_AT_ONCE)
      results.push(
        ...(await Promise.all(part.map(([key, value]) => this.set(key, value, options)))),
      )
    }
    return results
  }

  /**
   * Reserves a key before its value is computed. `commit` then stores the value only if the key was
   * not invalidated or reserved again in the meantime.
   */
  async reserve<Value>(key: Key, options: SetOptions = NONE): Promise<Reservation<Value>> {
    const text = this.#keyOf(key, options, SET_OPTIONS)
    const operation: PutOperation = await this.#entry.beginPut(text, options.scope)
    const { isEnabled } = this.#settings
    let hasEnded = false
    return {
      commit: async (value) => {
        // Its fence is closed, so invalidations since then went unnoticed.
        if (hasEnded) this.#refuse('commit', 'a reservation that has not ended', 'one that has')
        hasEnded = true
        return this.#caller.put(this.#entry, operation, value, [options], isEnabled)
      },
      abandon: () => {
        if (!hasEnded) operation.abandon()
        hasEnded = true
      },
    }
  }

  /**
   * Removes a key from this process, from Redis and from all other processes. Once it resolves,
   * this process never serves the old value; `durable` says whether Redis confirmed the removal.
   * The memory of other processes follows within milliseconds, at most `coherence.bound`.
   */
  delete(key: Key, options: ScopeOptions = NONE): Promise<Confirmation> {
    return this.deleteMany([key], options)
  }

  /** Removes many keys at once. */
  async deleteMany(keys: Iterable<Key>, options: ScopeOptions = NONE): Promise<Confirmation> {
    const listed = this.#listed(keys, 'keys', 'a list of keys')
    return this.#caller.evict(listed.map((key) => this.#entry.targetOf(this.#keyOf(key, options))))
  }

  /**
   * Makes a value stale now: the next read loads it again, and the old value may still be served
   * where `staleIfError` or `staleWhileRevalidate` allows. Resolves to whether Redis confirmed it.
   */
  async expire(key: Key, options: ScopeOptions = NONE): Promise<boolean> {
    return this.#entry.expire(this.#keyOf(key, options))
  }

  /** Removes everything in the namespace. The cost does not depend on the number of keys. */
  clear(): Promise<Confirmation> {
    return this.#caller.evict([this.#caller.namespaceTarget(this.name)])
  }

  /**
   * Removes everything of one scope in the namespace. The cost does not depend on the number of
   * keys.
   */
  async clearScope(scope: string): Promise<Confirmation> {
    if (!isName(scope)) this.#refuse('scope', 'a non-empty string', kindOf(scope))
    return this.#caller.evict([this.#caller.scopeTarget(this.name, scope)])
  }

  /** Explains how `getOrLoad` would serve this key, and why the last read missed. */
  async explain(key: Key, options: ScopeOptions = NONE): Promise<Explanation> {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return explainBypass(this.#entry, 'disabled')
    return explain(this.#entry, text, options.scope)
  }

  /** Shows the name and settings in `console.log`, and none of the keys and values. */
  [inspect.custom](): string {
    const { isEnabled, ttl } = this.#settings
    return inspected('CacheNamespace', entrySummaryOf(this.#entry, isEnabled, ttl))
  }

  /** @throws CacheConfigurationError for invalid options, and for a value that cannot be a key */
  #keyOf(key: Key, options: LoadOptions, known: ReadonlySet<string> = SCOPE_OPTIONS): string {
    checkKeyOptions(options, known, this.#label)
    const written = this.#entry.keyOf(listOfKey(key), options.scope)
    if (typeof written === 'string') return written
    return this.#refuse(
      'key',
      `something that can be a key (${written.path}: ${written.reason})`,
      kindOf(key),
    )
  }

  /** Copies an iterable. Refuses a string, which would be a list of letters. */
  #listed<Item>(list: Iterable<Item>, option: string, expected: string): Item[] {
    const isList = typeof list === 'object' && list !== null && Symbol.iterator in list
    return isList ? Array.from(list) : this.#refuse(option, expected, kindOf(list))
  }

  get #label(): string {
    return `namespace ${this.name}`
  }

  #refuse(option: string, expected: string, received: unknown): never {
    throw new CacheConfigurationError(`${this.#label}: ${option}`, expected, received)
  }
}

/** Each put is a command of its own, and a connection refuses what exceeds 1,000 waiting ones. */
const PUTS_AT_ONCE = 250

const PAIRS = 'pairs of key and value: a Map, or Object.entries(…)'
