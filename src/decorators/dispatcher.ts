import { DECLARATIONS, type Method, type MethodDeclaration } from './declaration.js'
import { type Advice, runtimeOf, type WovenRuntime } from './runtime.js'

/** Properties that must stay with the original function. */
const KEPT_BACK: ReadonlySet<string | symbol> = new Set([
  'prototype',
  'arguments',
  'caller',
  DECLARATIONS,
])

/**
 * Returns the function that replaces a decorated method on the prototype. On an instance that is
 * not woven, it just calls the method.
 *
 * The function remembers the advice of the last runtime it saw. Instances of one class in one cache
 * share a runtime, so the common case is one property read and one comparison. The price: one
 * runtime per method stays reachable after its cache is closed, until the method sees another
 * runtime.
 */
export function dispatcherFor(declaration: MethodDeclaration): Method {
  const { original } = declaration
  let seenRuntime: WovenRuntime | undefined
  let seenAdvice: Advice | undefined

  function dispatch(this: unknown, ...args: unknown[]): unknown {
    const runtime = runtimeOf(this)
    if (runtime === undefined) return original.apply(this, args)
    if (runtime !== seenRuntime) {
      seenAdvice = runtime.adviceOf(declaration)
      seenRuntime = runtime
    }
    return seenAdvice === undefined
      ? original.apply(this, args)
      : seenAdvice.invoke(this as object, args)
  }

  carryOver(original, dispatch)
  return dispatch
}

/**
 * Makes the dispatcher look like the method to other code: copies `name`, `length`, any properties
 * that other libraries have added, and metadata of reflect-metadata.
 */
function carryOver(from: Method, to: Method): void {
  for (const key of Reflect.ownKeys(from)) {
    const property = Reflect.getOwnPropertyDescriptor(from, key)
    if (property !== undefined && !KEPT_BACK.has(key)) Object.defineProperty(to, key, property)
  }
  const { getOwnMetadataKeys, getOwnMetadata, defineMetadata } = Reflect as Partial<MetadataStore>
  if (!getOwnMetadataKeys || !getOwnMetadata || !defineMetadata) return
  for (const key of getOwnMetadataKeys(from)) defineMetadata(key, getOwnMetadata(key, from), to)
}

/** The part of reflect-metadata that is used if it is loaded. */
interface MetadataStore {
  getOwnMetadataKeys(target: object): unknown[]
  getOwnMetadata(key: unknown, target: object): unknown
  defineMetadata(key: unknown, value: unknown, target: object): void
}
