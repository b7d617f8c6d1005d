import type { CacheEvictOptions } from '../options/cache-evict-options.js'
import type { CachePutOptions } from '../options/cache-put-options.js'
import type { CachedManyOptions } from '../options/cached-many-options.js'
import type { CachedOptions } from '../options/cached-options.js'
import type { ClassReference } from '../options/entry-reference.js'
import type { WarmOptions } from '../options/warm-options.js'

/** What one decorator on a method asks for. */
export type CacheOperation =
  | { readonly kind: 'cached'; readonly options: CachedOptions }
  | { readonly kind: 'cached-many'; readonly options: CachedManyOptions }
  | { readonly kind: 'put'; readonly options: CachePutOptions }
  | { readonly kind: 'evict'; readonly options: CacheEvictOptions }
  | { readonly kind: 'warm'; readonly options: WarmOptions }

/** A method as it was written. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** All that the decorators of one method say. Does not change once its class is defined. */
export interface MethodDeclaration {
  readonly methodName: string | symbol
  /** The method beneath the dispatcher, with whatever other decorators below ours made of it. */
  readonly original: Method
  /** The class that declared it: not a subclass that inherits it. */
  readonly owner: ClassReference
  /** In the order in which the decorators stand in the source, top to bottom. */
  readonly operations: readonly CacheOperation[]
}

/** Where a prototype, a TC39 metadata object and a dispatcher keep what was declared. */
export const DECLARATIONS: unique symbol = Symbol.for(
  'cachewright/declarations',
) as typeof DECLARATIONS

/** A declaration while its class is being defined: decorators are applied one by one, bottom up. */
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

  /** Known at once for legacy decorators; for standard ones from the first `declarationsOf` on. */
  get owner(): ClassReference {
    return this.#owner ?? unowned(this.methodName)
  }

  /** A decorator applied later stands further up. */
  add(operation: CacheOperation): void {
    this.#operations = Object.freeze([operation, ...this.#operations])
  }

  /** The first class found to hold the method has declared it. */
  ownedBy(owner: ClassReference): void {
    this.#owner ??= owner
  }
}

/** An object that holds what was declared: a prototype, a TC39 metadata object, or a dispatcher. */
interface DeclarationHolder {
  [DECLARATIONS]?: MethodRecord[]
}

/**
 * Every decorated method that a call on an instance with this prototype can reach, the base class's
 * first. A method that a subclass overrides is among them, because `super.method()` still reaches
 * its dispatcher.
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
  throw new TypeError(`${String(methodName)}: declarationsOf() finds the class, and was not called`)
}

/** The prototypes of a class, base first. */
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
 * What a class itself declared. Legacy decorators left it on the prototype and standard ones in the
 * class's metadata. Compilers that emit no metadata leave only the dispatchers to be looked for,
 * which finds all but those that a foreign decorator has wrapped.
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

/** The records that an object itself holds: metadata objects inherit those of the base class. */
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
