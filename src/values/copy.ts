import { binaryFrom, binaryNameOf, bytesOf } from './binary.js'

/**
 * Returns a deep copy of `value` in which every object and array is frozen.
 *
 * @param value plain JSON, as `inspect` defines it
 */
export function frozenCopy(value: unknown): unknown {
  return isObject(value) ? copyPlain(value, true) : value
}

/** Returns a mutable deep copy of `value`, which must be plain JSON, as `inspect` defines it. */
export function plainCopy(value: unknown): unknown {
  return isObject(value) ? copyPlain(value, false) : value
}

/**
 * Returns a deep copy of `value` with the same types, prototypes, shared references and cycles.
 * Binary data gets its own memory, so two views of one buffer become views of two buffers.
 *
 * @param value anything that `inspect` accepts
 */
export function copy(value: unknown): unknown {
  return isObject(value) ? copyRich(value, new Map()) : value
}

/**
 * Freezes `value` and everything in it, in place.
 *
 * @param value plain JSON that nobody else holds, such as a decoded value
 */
export function freeze(value: unknown): void {
  if (!isObject(value)) return
  // For an array these are its elements. Plain JSON has no other own values.
  for (const child of Object.values(value)) freeze(child)
  Object.freeze(value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

type Container = Record<string | number, unknown>

function copyPlain(source: object, frozen: boolean): object {
  const target = frozen ? freezableCopy(source) : shallowCopy(source)
  for (const name of Object.keys(target)) {
    const child = target[name]
    if (isObject(child)) target[name] = copyPlain(child, frozen)
  }
  return frozen ? Object.freeze(target) : target
}

/**
 * Copies one level. A spread defines own properties and never runs a setter, and later assignments
 * find an own property. So `__proto__` is an ordinary name, and a frozen `Object.prototype` is no
 * obstacle.
 */
function shallowCopy(source: object): Container {
  return (Array.isArray(source) ? source.slice() : { ...source }) as Container
}

const NOTHING = {}

/**
 * Like `shallowCopy`, for objects that will be frozen. V8 gives an object literal that begins with
 * a spread a hidden class without transitions, so each copy would get a class of its own when
 * frozen. That takes at least 170 bytes and twice the time, and makes the caller's property
 * accesses megamorphic.
 */
function freezableCopy(source: object): Container {
  return (Array.isArray(source) ? source.slice() : { ...NOTHING, ...source }) as Container
}

function copyRich(source: object, copies: Map<object, object>): object {
  const known = copies.get(source)
  if (known !== undefined) return known
  const prototype: unknown = Object.getPrototypeOf(source)
  if (prototype === Object.prototype || Array.isArray(source)) {
    return copyChildren(source, shallowCopy(source), copies)
  }
  if (prototype === null) {
    return copyChildren(source, Object.assign(Object.create(null), source), copies)
  }
  if (source instanceof Map) return copyMap(source, copies)
  if (source instanceof Set) return copySet(source, copies)
  const leaf = copyLeaf(source, prototype)
  copies.set(source, leaf)
  return leaf
}

function copyChildren(source: object, target: Container, copies: Map<object, object>): object {
  // Registered before its children are copied, because one of them may refer back to it.
  copies.set(source, target)
  for (const name of Object.keys(target)) {
    const child = target[name]
    if (isObject(child)) target[name] = copyRich(child, copies)
  }
  return target
}

function copyMap(source: Map<unknown, unknown>, copies: Map<object, object>): object {
  const target = new Map()
  copies.set(source, target)
  for (const [key, value] of source) {
    target.set(
      isObject(key) ? copyRich(key, copies) : key,
      isObject(value) ? copyRich(value, copies) : value,
    )
  }
  return target
}

function copySet(source: Set<unknown>, copies: Map<object, object>): object {
  const target = new Set()
  copies.set(source, target)
  for (const member of source) target.add(isObject(member) ? copyRich(member, copies) : member)
  return target
}

function copyLeaf(source: object, prototype: unknown): object {
  if (source instanceof Date) return new Date(source.getTime())
  if (source instanceof URL) return new URL(source.href)
  return binaryFrom(binaryNameOf(prototype), bytesOf(source))
}
