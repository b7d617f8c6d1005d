/** The kinds of binary data a result may contain, by the names used in the serialized form. */
export type BinaryName =
  | 'ArrayBuffer'
  | 'Buffer'
  | 'Int8Array'
  | 'Uint8Array'
  | 'Uint8ClampedArray'
  | 'Int16Array'
  | 'Uint16Array'
  | 'Int32Array'
  | 'Uint32Array'
  | 'Float32Array'
  | 'Float64Array'
  | 'BigInt64Array'
  | 'BigUint64Array'

/** Makes a value of one kind on top of `bytes`, which nobody else holds. */
type FromBytes = (bytes: ArrayBuffer) => object

/**
 * `Float16Array` is omitted on purpose: a Node version that supports it would fill the shared tier
 * with entries that older versions in the fleet cannot read.
 */
const KINDS: readonly (readonly [BinaryName, object, FromBytes])[] = [
  ['ArrayBuffer', ArrayBuffer.prototype, (bytes) => bytes],
  ['Buffer', Buffer.prototype, (bytes) => Buffer.from(bytes)],
  ['Int8Array', Int8Array.prototype, (bytes) => new Int8Array(bytes)],
  ['Uint8Array', Uint8Array.prototype, (bytes) => new Uint8Array(bytes)],
  ['Uint8ClampedArray', Uint8ClampedArray.prototype, (bytes) => new Uint8ClampedArray(bytes)],
  ['Int16Array', Int16Array.prototype, (bytes) => new Int16Array(bytes)],
  ['Uint16Array', Uint16Array.prototype, (bytes) => new Uint16Array(bytes)],
  ['Int32Array', Int32Array.prototype, (bytes) => new Int32Array(bytes)],
  ['Uint32Array', Uint32Array.prototype, (bytes) => new Uint32Array(bytes)],
  ['Float32Array', Float32Array.prototype, (bytes) => new Float32Array(bytes)],
  ['Float64Array', Float64Array.prototype, (bytes) => new Float64Array(bytes)],
  ['BigInt64Array', BigInt64Array.prototype, (bytes) => new BigInt64Array(bytes)],
  ['BigUint64Array', BigUint64Array.prototype, (bytes) => new BigUint64Array(bytes)],
]

const NAME_OF = new Map<unknown, BinaryName>(KINDS.map(([name, prototype]) => [prototype, name]))
const MAKER_OF = new Map<unknown, FromBytes>(KINDS.map(([name, , make]) => [name, make]))

/** Returns the name of the kind whose prototype is exactly `prototype`; undefined for any other. */
export function binaryNameOf(prototype: unknown): BinaryName | undefined {
  return NAME_OF.get(prototype)
}

/** Returns a view, not a copy, of the bytes of `value`, which must be of one of the kinds. */
export function bytesOf(value: object): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value as ArrayBuffer)
}

/**
 * Returns a value of the kind `name` with a copy of `bytes` in its own memory, never in a slice of
 * Node's buffer pool, through which its holder could reach other slices.
 *
 * @throws TypeError when `name` is no known kind, RangeError when `bytes` is no multiple of its
 *   element size
 */
export function binaryFrom(name: unknown, bytes: Uint8Array): object {
  const make = MAKER_OF.get(name)
  if (make === undefined) throw new TypeError('unknown kind of binary data')
  const own = new ArrayBuffer(bytes.byteLength)
  new Uint8Array(own).set(bytes)
  return make(own)
}
