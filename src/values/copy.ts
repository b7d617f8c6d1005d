import { binaryFrom, binaryNameOf, bytesOf } from './binary.js'

/**
 * A deep copy of `value` that nobody can change: every object and array in it is frozen.
 *
 * @param value plain JSON, as `inspect` says
 */
export function frozenCopy(value: unknown): unknown {
  return isObject(value) ? copyPlain(value, true) : value
}

/** A deep copy of `value`, which must be plain JSON as `inspect` says, to do with as one likes. */
export function plainCopy(value: unknown): unknown {
  return isObject(value) ? copyPlain(value, false) : value
}

/**
 * A deep copy of `value` with the same types, prototypes, shared references and cycles. Binary data
 * gets memory of its own, so two views of one buffer become two buffers.
 *
 * @param value anything that `inspect` accepts
 */
export function copy(value: unknown): unknown {
  return isObject(value) ? copyRich(value, new Map()) : value
}

/**
 * Freezes `value` and everything in it, in place.
 *
 * @param value plain JSON that nobody else holds, such as the decoder's
 */
export function freeze(value: unknown): void {
  if (!isObject(value)) return
  // An array's values are its elements too, and own values are all that plain JSON has.
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
 * The spread defines own properties and never runs a setter, and what is assigned afterwards meets
 * an own property: `__proto__` stays a name like any other, and a frozen `Object.prototype` is no
 * obstacle.
 */
function shallowCopy(source: object): Container {
  return (Array.isArray(source) ? source.slice() : { ...source }) as Container
}

const NOTHING = {}

/**
 * As `shallowCopy`, for what is to be frozen. V8 gives what begins with a spread a hidden class that
 * nothing can be derived from: frozen, each copy would get one of its own, which takes 170 bytes and
 * more, and twice the time, and leaves the caller's code with as many classes as there are values.
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
  // Known before its children are copied: one of them may lead back here.
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
