import { runtimeOf } from './decorators/runtime.js'
import type { CachedEntry } from './engine/cached-entry.js'
import type { Confirmation } from './engine/invalidator.js'
import type { PutResult } from './engine/put-operation.js'
import { CacheConfigurationError, CacheWeavingError, kindOf } from './errors.js'
import { entrySummaryOf, inspected } from './entry-summary.js'
import { type Explanation, explain, explainBypass } from './explain.js'
import { inspect } from './node-util.js'
import type { Caller } from './weaving/caller.js'
import { ClassPlan, type EntryPlan } from './weaving/class-plan.js'
import { evaluate, findPlace, type Obstacle, type Place } from './weaving/key-of.js'

type AsyncMethod = (...args: never[]) => PromiseLike<unknown>

/** The names of an instance's methods that return promises. */
export type CachedMethodName<Service> = {
  [Name in keyof Service]: Service[Name] extends AsyncMethod ? Name : never
}[keyof Service]

type ArgumentsOf<Method> = Method extends (...args: infer Arguments) => unknown ? Arguments : never
type ResultOf<Method> = Method extends (...args: never[]) => infer Result ? Awaited<Result> : never

/**
 * Returns the entry of one cached method of a woven instance, to read, put, evict, refresh and
 * explain single keys. Its types are those of the method.
 *
 * @throws CacheWeavingError when the instance is not woven, or the method is not cached
 *
 * @example
 * await entryOf(users, 'profile').evict('42')
 */
export function entryOf<Service extends object, Name extends CachedMethodName<Service> & string>(
  instance: Service,
  method: Name,
): HandleOf<Service, Name> {
  const plan = runtimeOf(instance)
  const owner = nameOfClass(instance)
  if (!(plan instanceof ClassPlan)) {
    throw new CacheWeavingError(
      `${owner}: this instance is not woven. Get it from the container, or call weave(instance, cache)`,
    )
  }
  const call = (args: readonly unknown[]): Promise<unknown> =>
    Reflect.apply(Reflect.get(instance, method) as AsyncMethod, instance, args) as Promise<unknown>
  const entry = plan.resolve(method, `entryOf(${owner}, '${method}')`)
  return new EntryHandle(instance, entry, plan.caller, call)
}

function nameOfClass(instance: unknown): string {
  if (typeof instance !== 'object' || instance === null) {
    const kind = instance === null ? 'null' : typeof instance
    throw new CacheWeavingError(`entryOf: expected a woven instance, got ${kind}`)
  }
  return instance.constructor?.name || '(anonymous class)'
}

/** The `EntryHandle` of a method, with the method's arguments and result. */
export type HandleOf<Service, Name extends keyof Service> = EntryHandle<
  ArgumentsOf<Service[Name]>,
  ResultOf<Service[Name]>
>

/** The entry of one cached method of one instance. Its types are those of the method. */
export class EntryHandle<Arguments extends readonly unknown[], Result> {
  readonly #instance: object
  readonly #plan: EntryPlan
  readonly #caller: Caller
  readonly #call: (args: readonly unknown[]) => Promise<unknown>

  constructor(
    instance: object,
    plan: EntryPlan,
    caller: Caller,
    call: (args: readonly unknown[]) => Promise<unknown>,
  ) {
    this.#instance = instance
    this.#plan = plan
    this.#caller = caller
    this.#call = call
  }

  /** @internal Whether the handle belongs to the cache that has this caller. */
  isOf(caller: Caller): boolean {
    return this.#caller === caller
  }

  /** Calls the method through the cache. */
  get(...args: Arguments): Promise<Result> {
    return this.#call(args) as Promise<Result>
  }

  /**
   * Returns the fresh value from memory, synchronously; undefined when memory has none. Never
   * loads.
   */
  peek(...args: Arguments): Result | undefined {
    if (!this.#plan.isEnabled) return undefined
    const argument: unknown = args[0]
    if (args.length === 1 && (typeof argument === 'string' || typeof argument === 'number')) {
      const found = this.#entry.peekByArgument(argument)
      if (found !== undefined) return found.take() as Result
    }
    const { key } = this.#place(args)
    return key === undefined ? undefined : (this.#entry.peek(key)?.value as Result | undefined)
  }

  /**
   * Stores a result for these arguments, as `@CachePut` would.
   *
   * @throws CacheConfigurationError when the arguments cannot be a key
   */
  async put(args: Arguments, value: Result): Promise<PutResult | Confirmation> {
    if (!Array.isArray(args)) {
      const expected = "the method's arguments as a list, then its result"
      throw new CacheConfigurationError(`${this.#plan.label}: put`, expected, kindOf(args))
    }
    const { key, scope } = this.#needPlace(args)
    const operation = await this.#entry.beginPut(key, scope)
    return this.#caller.put(this.#entry, operation, value, args, this.#plan.isEnabled)
  }

  /**
   * Removes the result for these arguments from this process, from Redis and from all other
   * processes.
   *
   * @throws CacheConfigurationError when the arguments cannot be a key
   */
  async evict(...args: Arguments): Promise<Confirmation> {
    return this.#caller.evict([this.#entry.targetOf(this.#needPlace(args).key)])
  }

  /** Removes every result of the entry. The cost does not depend on their number. */
  evictAll(): Promise<Confirmation> {
    return this.#caller.evict([this.#entry.wholeTarget()])
  }

  /**
   * Runs the method and stores its result, even if a fresh one is stored. Until then, other callers
   * get the stored result.
   *
   * @throws CacheConfigurationError when the arguments cannot be a key
   */
  async refresh(...args: Arguments): Promise<Result> {
    const { key, scope } = this.#needPlace(args)
    const { original } = this.#plan.declaration
    if (!this.#plan.isEnabled) return Reflect.apply(original, this.#instance, args) as Result
    const load = (): PromiseLike<unknown> =>
      Reflect.apply(original, this.#instance, args) as PromiseLike<unknown>
    return this.#entry.refresh(key, scope, load, this.#instance, args) as Promise<Result>
  }

  /**
   * Returns the name of the key in Redis; undefined when the arguments cannot be a key. Without
   * Redis, it is the text under which memory keeps the result: it contains the arguments, so do not
   * log it, and it identifies the key only within this process.
   */
  keyOf(...args: Arguments): string | undefined {
    const { key } = this.#place(args)
    return key === undefined ? undefined : this.#entry.context.idOf(key)
  }

  /** Explains how a call with these arguments would be served. Reads only, and changes nothing. */
  async explain(...args: Arguments): Promise<Explanation> {
    const { condition } = this.#plan.options
    if (!this.#plan.isEnabled) return explainBypass(this.#entry, 'disabled')
    if (condition !== undefined) {
      const isWanted = evaluate(condition, this.#instance, args, ignore) === true
      if (!isWanted) return explainBypass(this.#entry, 'condition')
    }
    const place = this.#place(args)
    if (place.key !== undefined) return explain(this.#entry, place.key, place.scope)
    return explainBypass(this.#entry, place.obstacle.kind)
  }

  /** Shows the entry's name and settings in `console.log`, and none of its keys and values. */
  [inspect.custom](): string {
    return inspected('EntryHandle', entrySummaryOf(this.#entry, this.#plan.isEnabled))
  }

  get #entry(): CachedEntry {
    return this.#plan.entry
  }

  /** Returns the place without warning when there is none, because no method call is affected. */
  #place(args: readonly unknown[]): Place {
    const { entry, options, scope } = this.#plan
    return findPlace(entry, { key: options.key, scope }, this.#instance, args)
  }

  #needPlace(args: readonly unknown[]): Extract<Place, { key: string }> {
    const place = this.#place(args)
    if (place.key !== undefined) return place
    throw new CacheConfigurationError(`${this.#plan.label}: arguments`, noPlace(place.obstacle))
  }
}

function noPlace({ kind, threw, unkeyable }: Obstacle): string {
  if (threw !== undefined) return `they have no key, since \`${threw}\` threw`
  if (unkeyable !== undefined) {
    return `expected arguments that can be a key (${unkeyable.path}: ${unkeyable.reason})`
  }
  return `they have no key, since \`${kind === 'no-scope' ? 'scope' : 'key'}\` gave none`
}

function ignore(): void {}
