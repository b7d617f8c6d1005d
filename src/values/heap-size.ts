/**
 * Estimated sizes of values on V8's heap, in bytes, for the memory budget. Accurate to about a
 * factor of two. They assume 64-bit words without pointer compression, which is how Node is built.
 */
export const WEIGHT = {
  object: 32,
  array: 48,
  slot: 8,
  number: 8,
  bigint: 24,
  date: 96,
  map: 96,
  set: 96,
  url: 256,
  binary: 112,
  entry: 40,
} as const

/** Shorter strings are assumed to take one byte per character, because checking costs too much. */
const LOOKED_AT = 128
const STRING_HEADER = 24

/** With more properties, V8 stores an object as a hash table that includes the names. */
const MOST_SHAPED_PROPERTIES = 128
const TABLE_ENTRY = 24

/**
 * Objects of one shape share their names, but the serialized text repeats them, so long names
 * count.
 */
const LONG_NAME = 32

export function sizeOfString(text: string): number {
  if (text.length < LOOKED_AT) return STRING_HEADER + text.length
  const isAscii = Buffer.byteLength(text) === text.length
  return STRING_HEADER + (isAscii ? text.length : 2 * text.length)
}

/** Returns the size of an object without its values. */
export function sizeOfObject(names: readonly string[]): number {
  const perProperty =
    names.length <= MOST_SHAPED_PROPERTIES ? WEIGHT.slot : TABLE_ENTRY + STRING_HEADER
  let size = WEIGHT.object + names.length * perProperty
  for (let index = 0; index < names.length; index++) {
    const { length } = names[index] as string
    if (length > LONG_NAME) size += length
  }
  return size
}

/** Returns the size of `value`, which must fit in 65,536 bits; larger ones are never stored. */
export function sizeOfBigint(value: bigint): number {
  return BigInt.asIntN(64, value) === value
    ? WEIGHT.bigint
    : WEIGHT.bigint + value.toString(16).length / 2
}
