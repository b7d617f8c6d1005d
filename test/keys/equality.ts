import { cacheKey } from '../../src/keys/canonical.js'

/**
 * The equality that docs/keys.md promises, written from that page alone and in the slowest, plainest
 * way, so that it shares no mistake with the text that is tested against it.
 */
export function areEqualLists(one: readonly unknown[], other: readonly unknown[]): boolean {
  const [ones, others] = [withoutTrailingUndefined(one), withoutTrailingUndefined(other)]
  return (
    ones.length === others.length &&
    ones.every((argument, index) => areEqual(argument, others[index]))
  )
}

function withoutTrailingUndefined(list: readonly unknown[]): unknown[] {
  const copy = Array.from(list)
  while (copy.length > 0 && copy.at(-1) === undefined) copy.pop()
  return copy
}

function areEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== typeof other) return false
  if (typeof one === 'number') return one === other || (Number.isNaN(one) && Number.isNaN(other))
  if (typeof one !== 'object' || one === null || other === null) return one === other
  const kind = kindOf(one)
  return kind === kindOf(other as object) && areEqualOf(kind, one, other as object)
}

/** A name for what is compared in one way: null-prototype objects are plain objects. */
function kindOf(value: object): string {
  if (cacheKey in value) return 'class'
  if (Buffer.isBuffer(value)) return 'Buffer'
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  return tag === 'Object' ? 'plain' : tag
}

function areEqualOf(kind: string, one: object, other: object): boolean {
  switch (kind) {
    case 'class':
      return areEqual(keyOf(one), keyOf(other))
    case 'plain':
      return areEqualObjects(one as Record<string, unknown>, other as Record<string, unknown>)
    case 'Array':
      return areEqualArrays(one as unknown[], other as unknown[])
    case 'Map':
      return areEqualArrays(
        [...(one as Map<unknown, unknown>)],
        [...(other as Map<unknown, unknown>)],
      )
    case 'Set':
      return areEqualArrays([...(one as Set<unknown>)], [...(other as Set<unknown>)])
    case 'Date':
      return areEqual(Number(one), Number(other))
    case 'RegExp':
      return (
        String(one) === String(other) && (one as RegExp).lastIndex === (other as RegExp).lastIndex
      )
    case 'URL':
      return String(one) === String(other)
    default:
      return bytesOf(one).equals(bytesOf(other))
  }
}

function keyOf(value: object): unknown {
  return (value as { [cacheKey](): unknown })[cacheKey]()
}

function areEqualObjects(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && areEqual(one[name], other[name]))
  )
}

function areEqualArrays(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) {
    if (index in one !== index in other) return false
    if (!areEqual(one[index], other[index])) return false
  }
  return true
}

function bytesOf(value: object): Buffer {
  return ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value as ArrayBuffer)
}
