import { types } from '../node-util.js'
import { binaryNameOf, bytesOf } from './binary.js'
import { WEIGHT } from './heap-size.js'

/** Why a value cannot be stored. A closed set: it may become a metric's label. */
export type RefusalReason =
  | 'function'
  | 'symbol'
  | 'class-instance'
  | 'error'
  | 'regexp'
  | 'promise'
  | 'proxy'
  | 'accessor'
  | 'symbol-key'
  | 'hidden-property'
  | 'extra-property'
  | 'sparse-array'
  | 'invalid-date'
  | 'unstable-memory'
  | 'huge-bigint'
  /** A property named `constructor`, `prototype` or `__proto__` in what is not plain JSON. */
  | 'reserved-key'
  | 'too-deep'
  | 'too-large'
  | 'threw'

/**
 * The size on the heap, in bytes, of an object that holds no other values (a date, a URL, binary
 * data), or why it cannot be stored.
 *
 * @param prototype the prototype of `value`, which decides: an instance of a subclass is refused
 * @throws when `value` only pretends to be what its prototype says
 */
export function sizeOfLeaf(value: object, prototype: unknown): number | RefusalReason {
  if (prototype === Date.prototype && types.isDate(value)) return sizeOfDate(value)
  if (prototype === URL.prototype) return sizeOfUrl(value as URL)
  if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value)) {
    return sizeOfBinary(value, prototype)
  }
  if (types.isNativeError(value)) return 'error'
  if (types.isRegExp(value)) return 'regexp'
  if (types.isPromise(value)) return 'promise'
  return 'class-instance'
}

function sizeOfDate(date: Date): number | RefusalReason {
  if (Reflect.ownKeys(date).length > 0) return 'extra-property'
  return Number.isNaN(date.getTime()) ? 'invalid-date' : WEIGHT.date
}

function sizeOfUrl(url: URL): number | RefusalReason {
  if (Reflect.ownKeys(url).length > 0) return 'extra-property'
  const { href } = url
  // A URL is written as its text, so its text must be all there is to it.
  return new URL(href).href === href ? WEIGHT.url + 2 * href.length : 'class-instance'
}

/**
 * Own properties of a typed array that are strings are not looked for: listing them lists every
 * index, which for a megabyte takes longer than anything else here. They are lost when stored.
 */
function sizeOfBinary(
  value: NodeJS.ArrayBufferView | ArrayBufferLike,
  prototype: unknown,
): number | RefusalReason {
  const memory = types.isArrayBufferView(value) ? value.buffer : value
  if (types.isSharedArrayBuffer(memory) || isResizable(memory)) return 'unstable-memory'
  if (binaryNameOf(prototype) === undefined) return 'class-instance'
  if (Object.getOwnPropertySymbols(value).length > 0) return 'symbol-key'
  if (value === memory && Reflect.ownKeys(value).length > 0) return 'extra-property'
  return WEIGHT.binary + bytesOf(value).byteLength
}

function isResizable(memory: ArrayBufferLike): boolean {
  return 'resizable' in memory && memory.resizable === true
}
