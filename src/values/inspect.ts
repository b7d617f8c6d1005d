import { types } from '../node-util.js'
import { sizeOfBigint, sizeOfObject, sizeOfString, WEIGHT } from './heap-size.js'
import { sizeOfLeaf, type RefusalReason } from './leaf.js'

/**
 * `plain` values equal `JSON.parse(JSON.stringify(value))`. `rich` values additionally contain what
 * only the codec can represent: undefined, NaN, the infinities, -0, bigint, Date, Map, Set, typed
 * arrays, ArrayBuffer, Buffer, URL, objects without a prototype, shared references or cycles.
 */
export type Kind = 'plain' | 'rich'

export interface Accepted {
  readonly kind: Kind
  /** Estimated size on the heap, in bytes. */
  readonly bytes: number
}

export interface Refused {
  readonly kind: 'refused'
  /** The place of the first refused value, such as `result.items[3].owner`. Never shows a value. */
  readonly path: string
  readonly reason: RefusalReason
}

export type Inspection = Accepted | Refused

/**
 * The state of one walk. Plain functions do the walking: private methods were half again as slow.
 */
interface Walk {
  readonly maxBytes: number
  readonly seen: Set<object>
  /** The path of a refused value, innermost part first, because it is collected while unwinding. */
  readonly segments: string[]
  bytes: number
  isRich: boolean
  hasReservedKey: boolean
  reason: RefusalReason | undefined
}

/** Deeper results are not stored, because copying and writing recurse on the caller's stack. */
const DEEPEST = 500

/** Larger bigints are not stored, because converting them to text and back is not linear. */
const LARGEST_BIGINT_BITS = 65_536

/**
 * Classifies `value` in one walk that stops as soon as the size estimate exceeds `maxValueBytes`.
 * Runs no property getter, no `toJSON` and no proxy trap, and never throws.
 */
export function inspect(value: unknown, maxValueBytes: number): Inspection {
  const walk: Walk = {
    maxBytes: maxValueBytes,
    seen: new Set(),
    segments: [],
    bytes: 0,
    isRich: false,
    hasReservedKey: false,
    reason: undefined,
  }
  try {
    visit(walk, value, 0)
  } catch {
    refuse(walk, 'threw')
  }
  return verdictOf(walk)
}

function verdictOf(walk: Walk): Inspection {
  // superjson throws on such names to prevent prototype pollution. Plain JSON can carry them.
  if (walk.isRich && walk.hasReservedKey) refuse(walk, 'reserved-key')
  if (walk.reason === undefined) {
    return { kind: walk.isRich ? 'rich' : 'plain', bytes: walk.bytes }
  }
  // The place where the limit was exceeded means nothing: the whole value is too large.
  const segments = walk.reason === 'too-large' ? [] : walk.segments.reverse()
  const path = `result${segments.join('')}`
  return { kind: 'refused', path, reason: walk.reason }
}

function refuse(walk: Walk, reason: RefusalReason): false {
  walk.reason ??= reason
  return false
}

function weigh(walk: Walk, bytes: number): boolean {
  walk.bytes += bytes
  return walk.bytes <= walk.maxBytes || refuse(walk, 'too-large')
}

/** Returns false once something is refused. Each caller on the way out adds its path segment. */
function visit(walk: Walk, value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      // Checked first, because weighing a long string may flatten it.
      if (value.length > walk.maxBytes) return refuse(walk, 'too-large')
      return weigh(walk, sizeOfString(value))
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) walk.isRich = true
      return weigh(walk, WEIGHT.number)
    case 'boolean':
      return true
    case 'object':
      return value === null || visitObject(walk, value, depth)
    case 'undefined':
      walk.isRich = true
      return true
    case 'bigint':
      return visitBigint(walk, value)
    default:
      return refuse(walk, typeof value === 'function' ? 'function' : 'symbol')
  }
}

function visitBigint(walk: Walk, value: bigint): boolean {
  walk.isRich = true
  if (BigInt.asIntN(LARGEST_BIGINT_BITS, value) !== value) return refuse(walk, 'huge-bigint')
  return weigh(walk, sizeOfBigint(value))
}

function visitObject(walk: Walk, value: object, depth: number): boolean {
  if (types.isProxy(value)) return refuse(walk, 'proxy')
  if (depth >= DEEPEST) return refuse(walk, 'too-deep')
  if (walk.seen.has(value)) {
    walk.isRich = true
    return true
  }
  walk.seen.add(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return visitProperties(walk, value, depth)
  if (prototype === Array.prototype && Array.isArray(value)) {
    return visitElements(walk, value, depth)
  }
  walk.isRich = true
  if (prototype === null) return visitProperties(walk, value, depth)
  if (prototype === Map.prototype && types.isMap(value)) return visitMap(walk, value, depth)
  if (prototype === Set.prototype && types.isSet(value)) return visitSet(walk, value, depth)
  const size = sizeOfLeaf(value, prototype)
  return typeof size === 'number' ? weigh(walk, size) : refuse(walk, size)
}

function visitProperties(walk: Walk, owner: object, depth: number): boolean {
  const names = Object.getOwnPropertyNames(owner)
  if (!weigh(walk, sizeOfObject(names))) return false
  if (Object.getOwnPropertySymbols(owner).length > 0) return refuse(walk, 'symbol-key')
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string
    if (isReserved(name)) walk.hasReservedKey = true
    if (!visitProperty(walk, owner, name, depth)) {
      walk.segments.push(propertySegment(name))
      return false
    }
  }
  return true
}

function visitProperty(walk: Walk, owner: object, name: string, depth: number): boolean {
  const property = Object.getOwnPropertyDescriptor(owner, name)
  if (property?.writable === undefined) return refuse(walk, 'accessor')
  if (property.enumerable !== true) return refuse(walk, 'hidden-property')
  return visit(walk, property.value, depth + 1)
}

/**
 * Reads elements directly: an accessor as element is not detected, which would cost a quarter more.
 */
function visitElements(walk: Walk, array: readonly unknown[], depth: number): boolean {
  if (!weigh(walk, WEIGHT.array + array.length * WEIGHT.slot)) return false
  // The own names of an array are its indices and `length`.
  const surplus = Object.getOwnPropertyNames(array).length - (array.length + 1)
  if (surplus > 0) return refuse(walk, 'extra-property')
  if (surplus < 0) return refuse(walk, 'sparse-array')
  if (Object.getOwnPropertySymbols(array).length > 0) return refuse(walk, 'symbol-key')
  for (let index = 0; index < array.length; index++) {
    const element = array[index]
    if (element === undefined && !Object.hasOwn(array, index)) return refuse(walk, 'sparse-array')
    if (!visit(walk, element, depth + 1)) {
      walk.segments.push(`[${index}]`)
      return false
    }
  }
  return true
}

function visitMap(walk: Walk, map: Map<unknown, unknown>, depth: number): boolean {
  if (Reflect.ownKeys(map).length > 0) return refuse(walk, 'extra-property')
  if (!weigh(walk, WEIGHT.map + map.size * WEIGHT.entry)) return false
  let index = 0
  for (const [key, value] of map) {
    if (!visit(walk, key, depth + 1) || !visit(walk, value, depth + 1)) {
      walk.segments.push(`(entry ${index})`)
      return false
    }
    index++
  }
  return true
}

function visitSet(walk: Walk, set: Set<unknown>, depth: number): boolean {
  if (Reflect.ownKeys(set).length > 0) return refuse(walk, 'extra-property')
  if (!weigh(walk, WEIGHT.set + set.size * WEIGHT.entry)) return false
  let index = 0
  for (const member of set) {
    if (!visit(walk, member, depth + 1)) {
      walk.segments.push(`(member ${index})`)
      return false
    }
    index++
  }
  return true
}

/** Names that superjson neither writes nor reads, because they lead to prototypes. */
function isReserved(name: string): boolean {
  return name === 'constructor' || name === 'prototype' || name === '__proto__'
}

/** Hides a name that is no plain identifier: it is probably data, such as an e-mail address. */
function propertySegment(name: string): string {
  return /^[A-Za-z_$][\w$]{0,63}$/.test(name) ? `.${name}` : '[…]'
}
