import { type Duration, toMilliseconds } from './duration.js'
import type { CachedEntry } from './engine/cached-entry.js'
import type { Confirmation } from './engine/invalidator.js'
import type { PutOperation, PutResult } from './engine/put-operation.js'
import { CacheConfigurationError } from './errors.js'
import { type Explanation, explain } from './explain.js'
import type { Key } from './options/entry-options.js'
import type { Caller } from './weaving/caller.js'
import { listOfKey } from './weaving/key-of.js'

/** How one value is kept, where it differs from the namespace's own options. */
export interface SetOptions {
  /** How long it is fresh. */
  readonly ttl?: Duration
  /** Tags by which it can be invalidated together with others. */
  readonly tags?: readonly string[]
  /** Whose value it is: values of two scopes never meet. */
  readonly scope?: string
}

export interface LoadOptions extends SetOptions {
  /** Ends this caller's waiting, and nobody else's; the load goes on. */
  readonly signal?: AbortSignal
}

/** A place for a value that is being worked out. */
export interface Reservation<Value> {
  /** Stores the value, unless the key was invalidated or reserved again meanwhile: then it is evicted. */
  commit(value: Value): Promise<PutResult | Confirmation>
  /** Gives the place back. */
  abandon(): void
}

/** The programmatic cache: the same engine as under the decorators, with keys given by hand. */
export class CacheNamespace {
  readonly #entry: CachedEntry
  readonly #caller: Caller

  constructor(entry: CachedEntry, caller: Caller) {
    this.#entry = entry
    this.#caller = caller
  }

  get name(): string {
    return this.#entry.policy.namespace
  }

  /** The stored value; undefined when there is none that is fresh. */
  async get<Value>(key: Key, options: Pick<SetOptions, 'scope'> = {}): Promise<Value | undefined> {
    const found = await this.#entry.find(this.#keyOf(key, options.scope), options.scope)
    return found?.value as Value | undefined
  }

  /** What memory holds, at once; undefined when a read would have to go further. */
  peek<Value>(key: Key, options: Pick<SetOptions, 'scope'> = {}): Value | undefined {
    return this.#entry.peek(this.#keyOf(key, options.scope))?.value as Value | undefined
  }

  /** Whether a fresh value is stored, which may be `undefined`. */
  async has(key: Key, options: Pick<SetOptions, 'scope'> = {}): Promise<boolean> {
    return (await this.#entry.lookUp(this.#keyOf(key, options.scope), options.scope)) !== undefined
  }

  /** Milliseconds for which the stored value stays fresh; undefined when there is none. */
  async ttl(key: Key, options: Pick<SetOptions, 'scope'> = {}): Promise<number | undefined> {
    const located = await this.#entry.locate(this.#keyOf(key, options.scope), options.scope)
    if (located.tier === undefined || located.entry === undefined) return undefined
    return Math.max(0, located.entry.freshUntil - this.#entry.now())
  }

  /** The stored value, or what `load` returns, which is then stored. One load per key at a time. */
  getOrLoad<Value>(
    key: Key,
    load: () => PromiseLike<Value>,
    options: LoadOptions = {},
  ): Promise<Value> {
    const { signal, scope } = options
    const args = [this.#checked(options)]
    const reading = this.#entry.read(this.#keyOf(key, scope), scope, load, undefined, args)
    return (signal === undefined ? reading : abortable(reading, signal)) as Promise<Value>
  }

  /** The stored values of many keys, in one round trip. Keys without a value are not in the Map. */
  async getMany<Value>(
    keys: readonly Key[],
    options: Pick<SetOptions, 'scope'> = {},
  ): Promise<Map<Key, Value>> {
    const found = await Promise.all(
      keys.map((key) => this.#entry.find(this.#keyOf(key, options.scope), options.scope)),
    )
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
  async set(key: Key, value: unknown, options: SetOptions = {}): Promise<PutResult | Confirmation> {
    return (await this.reserve(key, options)).commit(value)
  }

  /** Stores many values, in few round trips. */
  async setMany(
    values: Iterable<readonly [Key, unknown]>,
    options: SetOptions = {},
  ): Promise<(PutResult | Confirmation)[]> {
    return Promise.all(Array.from(values, ([key, value]) => this.set(key, value, options)))
  }

  /**
   * Reserves a key before its value is worked out, so that `commit` stores only what nothing has
   * overtaken: no invalidation, no other reservation.
   */
  async reserve<Value>(key: Key, options: SetOptions = {}): Promise<Reservation<Value>> {
    const args = [this.#checked(options)]
    const operation: PutOperation = await this.#entry.beginPut(
      this.#keyOf(key, options.scope),
      options.scope,
    )
    return {
      commit: (value) => this.#caller.put(this.#entry, operation, value, args, true),
      abandon: () => operation.abandon(),
    }
  }

  /** Removes a key, everywhere. Resolves when no reader can get what was stored before. */
  delete(key: Key, options: Pick<SetOptions, 'scope'> = {}): Promise<Confirmation> {
    return this.deleteMany([key], options)
  }

  /** Removes many keys in one go. */
  deleteMany(keys: Iterable<Key>, options: Pick<SetOptions, 'scope'> = {}): Promise<Confirmation> {
    return this.#caller.evict(
      Array.from(keys, (key) => this.#entry.targetOf(this.#keyOf(key, options.scope))),
    )
  }

  /**
   * Makes a value stale now: it is loaded anew, and may still stand in if that fails. Says whether
   * Redis confirmed it.
   */
  expire(key: Key, options: Pick<SetOptions, 'scope'> = {}): Promise<boolean> {
    return this.#entry.expire(this.#keyOf(key, options.scope))
  }

  /** Removes everything in the namespace, at a cost that does not depend on how much that is. */
  clear(): Promise<Confirmation> {
    return this.#caller.evict([this.#caller.namespaceTarget(this.name)])
  }

  /** Removes everything of one scope in the namespace, at the same cost. */
  clearScope(scope: string): Promise<Confirmation> {
    return this.#caller.evict([this.#caller.scopeTarget(this.name, scope)])
  }

  /** How a read of this key would be served, and why the last one missed. */
  explain(key: Key, options: Pick<SetOptions, 'scope'> = {}): Promise<Explanation> {
    const { scope } = options
    return explain(this.#entry, this.#keyOf(key, scope), scope)
  }

  /** @throws CacheConfigurationError for what cannot be a key */
  #keyOf(key: Key, scope: string | undefined): string {
    const written = this.#entry.keyOf(listOfKey(key), scope)
    if (typeof written === 'string') return written
    throw new CacheConfigurationError(
      `${this.name}: key`,
      `something that can be a key (${written.path}: ${written.reason})`,
      undefined,
    )
  }

  #checked(options: SetOptions): SetOptions {
    if (options.ttl !== undefined) toMilliseconds(options.ttl, `${this.name}: ttl`)
    const { tags } = options
    if (tags !== undefined && !(Array.isArray(tags) && tags.every(isTag))) {
      throw new CacheConfigurationError(`${this.name}: tags`, 'a list of texts', typeof tags)
    }
    return options
  }
}

function isTag(tag: unknown): boolean {
  return typeof tag === 'string' && tag !== ''
}

function abortable<Value>(reading: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    reading.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
