import { types } from 'node:util'

/**
 * Where two values differ, or undefined: same types, prototypes, order of properties, `-0`, bytes,
 * and the same objects in the same places. Stricter than any deep-equal, and independent of `src/`.
 */
export function differenceOf(one: unknown, other: unknown): string | undefined {
  return compare(one, other, 'value', { forth: new Map(), back: new Map() })
}

/** The objects that were compared, each with the other one of its pair, from either side. */
interface Pairs {
  readonly forth: Map<object, object>
  readonly back: Map<object, object>
}

function compare(one: unknown, other: unknown, path: string, pairs: Pairs): string | undefined {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) {
    return Object.is(one, other) ? undefined : path
  }
  const { forth, back } = pairs
  if (forth.has(one) || back.has(other)) {
    return forth.get(one) === other && back.get(other) === one ? undefined : `${path} (shared)`
  }
  forth.set(one, other)
  back.set(other, one)
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return `${path} (prototype)`
  return compareContents(one, other, path, pairs) ?? compareProperties(one, other, path, pairs)
}

function compareContents(
  one: object,
  other: object,
  path: string,
  pairs: Pairs,
): string | undefined {
  if (one instanceof Map || one instanceof Set) {
    const left = [...one] as unknown[]
    const right = [...(other as Set<unknown>)]
    if (left.length !== right.length) return `${path} (size)`
    return first(left, (item, index) =>
      Array.isArray(item) && one instanceof Map
        ? first(item as unknown[], (part, at) =>
            compare(part, (right[index] as unknown[])[at], `${path}<${index}>`, pairs),
          )
        : compare(item, right[index], `${path}<${index}>`, pairs),
    )
  }
  if (one instanceof Date) {
    return Object.is(one.getTime(), (other as Date).getTime()) ? undefined : path
  }
  if (one instanceof URL) return one.href === (other as URL).href ? undefined : path
  if (types.isArrayBufferView(one) || types.isArrayBuffer(one)) {
    return hex(one) === hex(other as ArrayBuffer) ? undefined : `${path} (bytes)`
  }
  return undefined
}

function compareProperties(
  one: object,
  other: object,
  path: string,
  pairs: Pairs,
): string | undefined {
  if (types.isArrayBufferView(one)) return undefined
  const names = Reflect.ownKeys(one)
  const others = Reflect.ownKeys(other)
  if (names.length !== others.length) return `${path} (names)`
  return first(names, (name, index) => {
    if (name !== others[index]) return `${path} (order of names)`
    const left = Object.getOwnPropertyDescriptor(one, name)
    const right = Object.getOwnPropertyDescriptor(other, name)
    if (left?.enumerable !== right?.enumerable) return `${path} (enumerable)`
    return compare(left?.value, right?.value, `${path}.${String(name)}`, pairs)
  })
}

function first<T>(
  items: readonly T[],
  find: (item: T, index: number) => string | undefined,
): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const found = find(items[index] as T, index)
    if (found !== undefined) return found
  }
  return undefined
}

function hex(binary: NodeJS.ArrayBufferView | ArrayBuffer): string {
  const view = types.isArrayBufferView(binary)
    ? Buffer.from(binary.buffer, binary.byteOffset, binary.byteLength)
    : Buffer.from(binary)
  return `${view.toString('hex')}:${binary.byteLength}`
}
