import { DECLARATIONS, type Method, type MethodDeclaration } from './declaration.js'
import { type Advice, runtimeOf, type WovenRuntime } from './runtime.js'

/** What belongs to the one function and cannot or must not be carried over to another. */
const KEPT_BACK: ReadonlySet<string | symbol> = new Set([
  'prototype',
  'arguments',
  'caller',
  DECLARATIONS,
])

/**
 * The function that stands on the prototype in a decorated method's place. On an instance that
 * nobody wove it calls the method and nothing else.
 *
 * It remembers the advice of the runtime it saw last: instances of one class in one cache share a
 * runtime, so the common case is one property read and one comparison. The price is that one
 * runtime per method stays reachable after its cache was closed, until another one comes.
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
 * Makes the dispatcher look like the method to everybody else: `name`, `length`, and whatever other
 * libraries have put on the function or, with reflect-metadata, have noted about it.
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

/** The part of reflect-metadata that is used when somebody has loaded it. */
interface MetadataStore {
  getOwnMetadataKeys(target: object): unknown[]
  getOwnMetadata(key: unknown, target: object): unknown
  defineMetadata(key: unknown, value: unknown, target: object): void
}
