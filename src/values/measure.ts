import { sizeOfObject, sizeOfString, WEIGHT } from './heap-size.js'

/** `inspect` refuses deeper values, so we never write such payloads. */
const DEEPEST = 500

/**
 * Returns the same size estimate as `inspect`, in bytes, for a value that comes from `JSON.parse`
 * and needs few of its checks.
 *
 * @throws TypeError when the value is too deep, or contains a number that JSON does not write
 */
export function measure(value: unknown, depth = 0): number {
  if (typeof value === 'string') return sizeOfString(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0)) throw new TypeError('not a plain number')
    return WEIGHT.number
  }
  if (typeof value !== 'object' || value === null) return 0
  if (depth >= DEEPEST) throw new TypeError('too deep')
  return Array.isArray(value) ? measureArray(value, depth) : measureObject(value, depth)
}

function measureArray(array: readonly unknown[], depth: number): number {
  let bytes = WEIGHT.array + array.length * WEIGHT.slot
  for (const element of array) bytes += measure(element, depth + 1)
  return bytes
}

function measureObject(owner: object, depth: number): number {
  const names = Object.keys(owner)
  let bytes = sizeOfObject(names)
  for (const name of names) bytes += measure((owner as Record<string, unknown>)[name], depth + 1)
  return bytes
}
