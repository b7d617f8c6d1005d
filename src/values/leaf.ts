import { types } from '../node-util.js'
import { binaryNameOf, bytesOf } from './binary.js'
import { WEIGHT } from './heap-size.js'

/** Why a value cannot be stored. A closed set, so it may be used as a metric label. */
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
  /**
   * A property named `constructor`, `prototype` or `__proto__` in a value that is not plain JSON.
   */
  | 'reserved-key'
  | 'too-deep'
  | 'too-large'
  | 'threw'

/**
 * Returns the heap size, in bytes, of an object without child values (a date, a URL, binary data),
 * or why it cannot be stored.
 *
 * @param prototype the prototype of `value`; an instance of a subclass is refused
 * @throws when `value` only imitates what its prototype says
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
  // A URL is serialized as its text, so the text must contain everything.
  return new URL(href).href === href ? WEIGHT.url + 2 * href.length : 'class-instance'
}

/**
 * Does not look for named properties on a typed array: listing them lists every index too, which
 * for a megabyte takes longer than the rest of the inspection. They are lost when the value is
 * stored.
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
