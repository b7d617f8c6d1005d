import { runtimeOf } from './decorators/runtime.js'
import type { CachedEntry } from './engine/cached-entry.js'
import type { Confirmation } from './engine/invalidator.js'
import type { PutResult } from './engine/put-operation.js'
import { CacheConfigurationError, CacheWeavingError } from './errors.js'
import { type Explanation, explain, explainBypass } from './explain.js'
import type { Caller } from './weaving/caller.js'
import { ClassPlan, type EntryPlan } from './weaving/class-plan.js'
import { placeOf } from './weaving/key-of.js'

type AsyncMethod = (...args: never[]) => PromiseLike<unknown>

/** The names of an instance's methods that return promises. */
export type CachedMethodName<Service> = {
  [Name in keyof Service]: Service[Name] extends AsyncMethod ? Name : never
}[keyof Service]

type ArgumentsOf<Method> = Method extends (...args: infer Arguments) => unknown ? Arguments : never
type ResultOf<Method> = Method extends (...args: never[]) => infer Result ? Awaited<Result> : never

/**
 * The entry of one cached method of a woven instance: to read, put, evict, refresh and explain
 * single keys, typed by the method.
 *
 * @throws CacheWeavingError when the instance is not woven, or the method not cached
 *
 * @example
 * await entryOf(users, 'profile').evict('42')
 */
export function entryOf<Service extends object, Name extends CachedMethodName<Service> & string>(
  instance: Service,
  method: Name,
): HandleOf<Service, Name> {
  const plan = runtimeOf(instance)
  const owner = instance.constructor.name
  if (!(plan instanceof ClassPlan)) {
    throw new CacheWeavingError(
      `${owner}: this instance is not woven. Get it from the container, or call weave(instance, cache)`,
    )
  }
  const call = (args: readonly unknown[]): Promise<unknown> =>
    Reflect.apply(Reflect.get(instance, method) as AsyncMethod, instance, args) as Promise<unknown>
  const entry = plan.resolve(method, `entryOf(${owner})`)
  return new EntryHandle(instance, entry, plan.caller, call)
}

/** The handle of a method: its arguments and its result. */
export type HandleOf<Service, Name extends keyof Service> = EntryHandle<
  ArgumentsOf<Service[Name]>,
  ResultOf<Service[Name]>
>

/** The entry of one cached method of one instance, typed by the method. */
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

  /** Calls the method, through the cache. */
  get(...args: Arguments): Promise<Result> {
    return this.#call(args) as Promise<Result>
  }

  /** What memory would answer, at once; undefined when it would not. */
  peek(...args: Arguments): Result | undefined {
    const argument: unknown = args[0]
    if (args.length === 1 && (typeof argument === 'string' || typeof argument === 'number')) {
      const found = this.#entry.peekByArgument(argument)
      if (found !== undefined) return found.take() as Result
    }
    const { key } = this.#place(args)
    return key === undefined ? undefined : (this.#entry.peek(key)?.value as Result | undefined)
  }

  /** Stores a result for these arguments, as a `@CachePut` would. */
  async put(args: Arguments, value: Result): Promise<PutResult | Confirmation> {
    const { key, scope } = this.#needPlace(args)
    const operation = await this.#entry.beginPut(key, scope)
    return this.#caller.put(this.#entry, operation, value, args, true)
  }

  /** Removes the result for these arguments, everywhere. */
  evict(...args: Arguments): Promise<Confirmation> {
    return this.#caller.evict([this.#entry.targetOf(this.#needPlace(args).key)])
  }

  /** Removes every result of the entry, at a cost that does not depend on their number. */
  evictAll(): Promise<Confirmation> {
    return this.#caller.evict([this.#entry.wholeTarget()])
  }

  /** Runs the method and stores its result, whatever is stored now; that is served meanwhile. */
  refresh(...args: Arguments): Promise<Result> {
    const { key, scope } = this.#needPlace(args)
    const { original } = this.#plan.declaration
    const load = (): PromiseLike<unknown> =>
      Reflect.apply(original, this.#instance, args) as PromiseLike<unknown>
    return this.#entry.refresh(key, scope, load, this.#instance, args) as Promise<Result>
  }

  /** The name of the key in Redis (without Redis: in memory); undefined for what cannot be a key. */
  keyOf(...args: Arguments): string | undefined {
    const { key } = this.#place(args)
    return key === undefined ? undefined : this.#entry.context.idOf(key)
  }

  /** How a call with these arguments would be served. Reads, and changes nothing. */
  explain(...args: Arguments): Promise<Explanation> {
    const place = this.#place(args)
    if (!this.#plan.isEnabled) return Promise.resolve(explainBypass(this.#entry, 'disabled'))
    if (place.key !== undefined) {
      return explain(this.#entry, place.key, place.scope)
    }
    const reason = place.unkeyable === undefined ? 'no-scope' : 'no-key'
    return Promise.resolve(explainBypass(this.#entry, reason))
  }

  get #entry(): CachedEntry {
    return this.#plan.entry
  }

  #place(args: readonly unknown[]): ReturnType<typeof placeOf> {
    const { entry, options, scope } = this.#plan
    return placeOf(entry, options.key, scope, this.#instance, args)
  }

  #needPlace(args: readonly unknown[]): { key: string; scope: string | undefined } {
    const place = this.#place(args)
    if (place.key !== undefined) return place
    throw new CacheConfigurationError(
      `${this.#plan.label}: arguments`,
      place.unkeyable === undefined
        ? 'arguments for which scope and key give something'
        : `arguments that can be a key (${place.unkeyable.path}: ${place.unkeyable.reason})`,
      undefined,
    )
  }
}
