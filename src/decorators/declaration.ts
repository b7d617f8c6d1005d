import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { CachePutOptions } from '../options/cache-put-options.js'
import type { CachedManyOptions } from '../options/cached-many-options.js'
import type { CachedOptions } from '../options/cached-options.js'
import type { ClassReference } from '../options/entry-reference.js'
import type { WarmOptions } from '../options/warm-options.js'

/** The operation that one decorator on a method asks for. */
export type CacheOperation =
  | { readonly kind: 'cached'; readonly options: CachedOptions }
  | { readonly kind: 'cached-many'; readonly options: CachedManyOptions }
  | { readonly kind: 'put'; readonly options: CachePutOptions }
  | { readonly kind: 'evict'; readonly options: CacheEvictOptions }
  | { readonly kind: 'warm'; readonly options: WarmOptions }

/** A method as the user wrote it. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** The operations of one decorated method. Does not change once its class is defined. */
export interface MethodDeclaration {
  readonly methodName: string | symbol
  /**
   * The method that the dispatcher calls, including any wrappers of other decorators below ours.
   */
  readonly original: Method
  /** The class that declares the method, not a subclass that inherits it. */
  readonly owner: ClassReference
  /** In source order, from the top decorator to the bottom one. */
  readonly operations: readonly CacheOperation[]
}

/**
 * The property under which a prototype, a TC39 metadata object or a dispatcher keeps its
 * declarations.
 */
export const DECLARATIONS: unique symbol = Symbol.for(
  'cachewright/declarations',
) as typeof DECLARATIONS

/**
 * A declaration that grows while its class is defined: decorators are applied one by one, bottom
 * up.
 */
export class MethodRecord implements MethodDeclaration {
  readonly methodName: string | symbol
  readonly original: Method
  #owner: ClassReference | undefined
  #operations: readonly CacheOperation[] = []

  constructor(methodName: string | symbol, original: Method, owner?: ClassReference) {
    this.methodName = methodName
    this.original = original
    this.#owner = owner
  }

  get operations(): readonly CacheOperation[] {
    return this.#operations
  }

  /**
   * The class; known immediately with legacy decorators, and from the first `declarationsOf` on
   * with standard ones.
   */
  get owner(): ClassReference {
    return this.#owner ?? unowned(this.methodName)
  }

  /** Prepends an operation, because decorators are applied from bottom to top. */
  add(operation: CacheOperation): void {
    this.#operations = Object.freeze([operation, ...this.#operations])
  }

  /** Sets the class, unless it is known. The first class found to hold the method declares it. */
  ownedBy(owner: ClassReference): void {
    this.#owner ??= owner
  }
}

/** An object that holds declarations: a prototype, a TC39 metadata object, or a dispatcher. */
interface DeclarationHolder {
  [DECLARATIONS]?: MethodRecord[]
}

/**
 * Returns every decorated method that a call on an instance with this prototype can reach, base
 * class first. Includes overridden methods, because `super.method()` still reaches their
 * dispatchers.
 */
export function declarationsOf(prototype: object): readonly MethodDeclaration[] {
  const declarations = new Set<MethodDeclaration>()
  for (const holder of chainOf(prototype)) {
    for (const record of recordsOn(holder)) {
      record.ownedBy(holder.constructor)
      declarations.add(record)
    }
  }
  return Object.freeze([...declarations])
}

function unowned(methodName: string | symbol): never {
  throw new TypeError(
    `${String(methodName)}: declarationsOf() was not called, so the class is unknown`,
  )
}

/** Returns the prototype chain of a class, base class first. */
function chainOf(prototype: object): object[] {
  const chain: object[] = []
  let current: object | null = prototype
  while (current !== null && current !== Object.prototype) {
    chain.unshift(current)
    current = Object.getPrototypeOf(current) as object | null
  }
  return chain
}

/**
 * Returns the records of a class without its base classes. Legacy decorators keep them on the
 * prototype, standard ones in the class's metadata. Where the compiler emits no metadata, they are
 * found on the dispatchers, except those that another library's decorator has wrapped.
 */
function recordsOn(prototype: object): MethodRecord[] {
  const records = [...ownRecordsOf(prototype), ...ownRecordsOf(metadataOf(prototype.constructor))]
  for (const name of Reflect.ownKeys(prototype)) {
    if (name === 'constructor') continue
    const value: unknown = Reflect.getOwnPropertyDescriptor(prototype, name)?.value
    if (typeof value === 'function') records.push(...ownRecordsOf(value))
  }
  return records
}

/**
 * Returns the records that an object itself holds, without those that a metadata object inherits
 * from its base class.
 */
export function ownRecordsOf(holder: unknown): readonly MethodRecord[] {
  if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return []
  return Object.hasOwn(holder, DECLARATIONS)
    ? ((holder as DeclarationHolder)[DECLARATIONS] ?? [])
    : []
}

function metadataOf(constructor: unknown): unknown {
  const key: unknown = Reflect.get(Symbol, 'metadata')
  if (typeof constructor !== 'function' || typeof key !== 'symbol') return undefined
  return Object.hasOwn(constructor, key) ? Reflect.get(constructor, key) : undefined
}
