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

/** A place for a value that is being worked out. */
export interface Reservation<Value> {
  /**
   * Stores the value, unless the key was invalidated or reserved again meanwhile: then it is evicted.
   *
   * @throws CacheConfigurationError when it was committed or abandoned before: reserve again
   */
  commit(value: Value): Promise<PutResult | Confirmation>
  /** Gives the place back. */
  abandon(): void
}

interface NamespaceSettings {
  /** False: reads find nothing, loads run what they were given, and what is put is evicted. */
  readonly isEnabled: boolean
  /** How long a value is fresh that brings no ttl of its own, as it was configured. */
  readonly ttl: unknown
}

/** The programmatic cache: the same engine as under the decorators, with keys given by hand. */
export class CacheNamespace {
  readonly #entry: CachedEntry
  readonly #caller: Caller
  readonly #settings: NamespaceSettings

  /** @internal `cache.namespace(name)` makes them. */
  constructor(entry: CachedEntry, caller: Caller, settings: NamespaceSettings) {
    this.#entry = entry
    this.#caller = caller
    this.#settings = settings
  }

  get name(): string {
    return this.#entry.policy.namespace
  }

  /** The stored value; undefined when there is none that is fresh. */
  async get<Value>(key: Key, options: ScopeOptions = NONE): Promise<Value | undefined> {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return undefined
    const found = await this.#entry.find(text, options.scope)
    return found?.value as Value | undefined
  }

  /** What memory holds, at once; undefined when a read would have to go further. */
  peek<Value>(key: Key, options: ScopeOptions = NONE): Value | undefined {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return undefined
    return this.#entry.peek(text)?.value as Value | undefined
  }

  /** Whether a fresh value is stored, which may be `undefined`. */
  async has(key: Key, options: ScopeOptions = NONE): Promise<boolean> {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return false
    return (await this.#entry.lookUp(text, options.scope)) !== undefined
  }

  /** Whole milliseconds for which the stored value stays fresh; undefined when there is none. */
  async ttl(key: Key, options: ScopeOptions = NONE): Promise<number | undefined> {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return undefined
    const located = await this.#entry.locate(text, options.scope)
    if (located.tier === undefined || located.entry === undefined) return undefined
    return Math.max(0, Math.ceil(located.entry.freshUntil - this.#entry.now()))
  }

  /** The stored value, or what `load` returns, which is then stored. One load per key at a time. */
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

  /** The stored values of many keys, in one round trip. Keys without a value are not in the Map. */
  async getMany<Value>(
    keys: readonly Key[],
    options: ScopeOptions = NONE,
  ): Promise<Map<Key, Value>> {
    const texts = this.#listed(keys, 'keys', 'a list of keys').map((key) =>
      this.#keyOf(key, options),
    )
    if (!this.#settings.isEnabled) return new Map()
    const found = await Promise.all(texts.map((text) => this.#entry.find(text, options.scope)))
    const values = new Map<Key, Value>()
    keys.forEach((key, index) => {
      const value = found[index]
      if (value !== undefined) values.set(key, value.value as Value)
    })
    return values
  }

  /**
   * Stores a value. What was loading when `set` was called can no longer be stored; the value itself
   * is the caller's word: nothing shows whether it was read before or after the last change.
   */
  async set(
    key: Key,
    value: unknown,
    options: SetOptions = NONE,
  ): Promise<PutResult | Confirmation> {
    return (await this.reserve(key, options)).commit(value)
  }

  /** Stores many values, in few round trips. */
  async setMany(
    values: Iterable<readonly [Key, unknown]>,
    options: SetOptions = NONE,
  ): Promise<(PutResult | Confirmation)[]> {
    const pairs = this.#listed(values, 'values', PAIRS)
    // All of them first: a key that is none is to be told of before others are stored.
    for (const pair of pairs) {
      if (!Array.isArray(pair)) this.#refuse('values', PAIRS, kindOf(pair))
      this.#keyOf(pair[0], options, SET_OPTIONS)
    }
    return Promise.all(pairs.map(([key, value]) => this.set(key, value, options)))
  }

  /**
   * Reserves a key before its value is worked out, so that `commit` stores only what nothing has
   * overtaken: no invalidation, no other reservation.
   */
  async reserve<Value>(key: Key, options: SetOptions = NONE): Promise<Reservation<Value>> {
    const text = this.#keyOf(key, options, SET_OPTIONS)
    const operation: PutOperation = await this.#entry.beginPut(text, options.scope)
    const { isEnabled } = this.#settings
    let hasEnded = false
    return {
      commit: async (value) => {
        // Its fence is down: nobody has watched what was invalidated since.
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

  /** Removes a key, everywhere. Resolves when no reader can get what was stored before. */
  delete(key: Key, options: ScopeOptions = NONE): Promise<Confirmation> {
    return this.deleteMany([key], options)
  }

  /** Removes many keys in one go. */
  async deleteMany(keys: Iterable<Key>, options: ScopeOptions = NONE): Promise<Confirmation> {
    const listed = this.#listed(keys, 'keys', 'a list of keys')
    return this.#caller.evict(listed.map((key) => this.#entry.targetOf(this.#keyOf(key, options))))
  }

  /**
   * Makes a value stale now: it is loaded anew, and may still stand in if that fails. Says whether
   * Redis confirmed it.
   */
  async expire(key: Key, options: ScopeOptions = NONE): Promise<boolean> {
    return this.#entry.expire(this.#keyOf(key, options))
  }

  /** Removes everything in the namespace, at a cost that does not depend on how much that is. */
  clear(): Promise<Confirmation> {
    return this.#caller.evict([this.#caller.namespaceTarget(this.name)])
  }

  /** Removes everything of one scope in the namespace, at the same cost. */
  async clearScope(scope: string): Promise<Confirmation> {
    if (!isName(scope)) this.#refuse('scope', 'a text that is not empty', kindOf(scope))
    return this.#caller.evict([this.#caller.scopeTarget(this.name, scope)])
  }

  /** How `getOrLoad` of this key would be served, and why the last read missed. */
  async explain(key: Key, options: ScopeOptions = NONE): Promise<Explanation> {
    const text = this.#keyOf(key, options)
    if (!this.#settings.isEnabled) return explainBypass(this.#entry, 'disabled')
    return explain(this.#entry, text, options.scope)
  }

  /** Its name and settings, where `console.log` meets it; nothing of what it holds. */
  [inspect.custom](): string {
    const { isEnabled, ttl } = this.#settings
    return inspected('CacheNamespace', entrySummaryOf(this.#entry, isEnabled, ttl))
  }

  /** @throws CacheConfigurationError for what cannot be a key, and for options that cannot be */
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

  /** A bare text is a list of letters, and never what was meant. */
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

const PAIRS = 'pairs of key and value: a Map, or Object.entries(…)'
