import type { Walk } from './walk.js'

/**
 * The name of the method by which an instance of a class becomes part of a key. Its return value is
 * the whole identity of the instance, so include something that distinguishes the class, such as
 * `['Money', this.amount, this.currency]`. The class name is not used, because minifiers change it.
 */
export const cacheKey: unique symbol = Symbol.for('cachewright/key')

/** Returns the text of an object that is neither plain nor an array, or refuses it. */
export function specialText(value: object, prototype: object, walk: Walk): string | undefined {
  const write = WRITERS.get(prototype)
  return write === undefined ? suppliedText(value, walk) : write(value, walk)
}

type Writer = (value: object, walk: Walk) => string | undefined

// Captured once, and called on the value instead of read from it: an own property named `size` or
// `source` cannot mislead, and a value that only imitates a Map throws.
const { getOwnPropertyNames, getOwnPropertySymbols } = Object
const timeOf = Date.prototype.getTime
const entriesOf = Map.prototype.entries
const elementsOf = Set.prototype.values
const mapSizeOf = getterOf(Map.prototype, 'size')
const setSizeOf = getterOf(Set.prototype, 'size')
const sourceOf = getterOf(RegExp.prototype, 'source')
const flagsOf = getterOf(RegExp.prototype, 'flags')
const addressOf = getterOf(URL.prototype, 'href')
const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object
const bufferOf = getterOf(typedArrayPrototype, 'buffer')
const byteOffsetOf = getterOf(typedArrayPrototype, 'byteOffset')
const byteLengthOf = getterOf(typedArrayPrototype, 'byteLength')
const byteLengthOfBuffer = getterOf(ArrayBuffer.prototype, 'byteLength')

/** Read off the bytes of a 16-bit 1, which saves importing `node:os`. */
const endianness = ['BE', 'LE'][new Uint8Array(Uint16Array.of(1).buffer)[0] as number] as string

/** By prototype, which tells a kind from its subclasses and is not affected by minifiers. */
const WRITERS: ReadonlyMap<object, Writer> = new Map<object, Writer>([
  [Date.prototype, dateText],
  [Map.prototype, mapText],
  [Set.prototype, setText],
  [RegExp.prototype, regExpText],
  [URL.prototype, urlText],
  [ArrayBuffer.prototype, arrayBufferText],
  [Buffer.prototype, typedArrayWriter('Buffer')],
  ...typedArrayWriters(),
])

function dateText(value: object, walk: Walk): string | undefined {
  return isBare(value, 0, walk) ? `Date(${timeOf.call(value as Date)})` : undefined
}

function mapText(value: object, walk: Walk): string | undefined {
  if (!walk.spend(2 * (mapSizeOf(value) as number))) return walk.refuse('too-large')
  if (!isBare(value, 0, walk)) return undefined
  let text = 'Map('
  let index = 0
  for (const [key, element] of [...entriesOf.call(value as Map<unknown, unknown>)]) {
    const keyText = walk.text(key, index === 0 ? '' : ',')
    if (keyText === undefined) return walk.refusedAt(`.key(${index})`)
    const elementText = walk.text(element, '=')
    if (elementText === undefined) return walk.refusedAt(`.value(${index})`)
    text += keyText + elementText
    if (text.length > walk.limits.bytes) return walk.refuse('too-large')
    index++
  }
  return `${text})`
}

function setText(value: object, walk: Walk): string | undefined {
  if (!walk.spend(setSizeOf(value) as number)) return walk.refuse('too-large')
  if (!isBare(value, 0, walk)) return undefined
  let text = 'Set('
  let index = 0
  for (const element of [...elementsOf.call(value as Set<unknown>)]) {
    const elementText = walk.text(element, index === 0 ? '' : ',')
    if (elementText === undefined) return walk.refusedAt(`.value(${index})`)
    text += elementText
    if (text.length > walk.limits.bytes) return walk.refuse('too-large')
    index++
  }
  return `${text})`
}

/** Includes `lastIndex`, a RegExp's one own property: with `g` or `y` it decides what matches. */
function regExpText(value: object, walk: Walk): string | undefined {
  if (!isBare(value, 1, walk)) return undefined
  const source = walk.text(sourceOf(value), 'RegExp(')
  const flags = walk.text(flagsOf(value), ',')
  const lastIndex = walk.text((value as RegExp).lastIndex, ',')
  return source === undefined || lastIndex === undefined
    ? undefined
    : `${source}${flags}${lastIndex})`
}

function urlText(value: object, walk: Walk): string | undefined {
  if (!isBare(value, 0, walk)) return undefined
  const address = walk.text(addressOf(value), 'URL(')
  return address === undefined ? undefined : `${address})`
}

function arrayBufferText(value: object, walk: Walk): string | undefined {
  if (!isBare(value, 0, walk)) return undefined
  return bytesText(
    'ArrayBuffer',
    value as ArrayBuffer,
    0,
    byteLengthOfBuffer(value) as number,
    walk,
  )
}

/** Multi-byte elements are written in the machine's byte order, so the tag names that order. */
function typedArrayWriters(): [object, Writer][] {
  return [
    ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray'].map((kind) => [kind, kind]),
    ...[
      ...['Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array'],
      ...['BigUint64Array', 'Float16Array', 'Float32Array', 'Float64Array'],
    ].map((kind) => [kind, `${kind}.${endianness}`]),
  ].flatMap(([kind, tag]) => {
    // Float16Array is not in every supported version of Node.
    const constructor = Reflect.get(globalThis, kind as string) as { prototype: object } | undefined
    return constructor === undefined
      ? []
      : [[constructor.prototype, typedArrayWriter(tag as string)]]
  })
}

/** Ignores named properties on a typed array: finding one would mean listing every index. */
function typedArrayWriter(tag: string): Writer {
  return (value, walk) => {
    if (getOwnPropertySymbols(value).length > 0) return walk.refuse('symbol-property')
    const buffer = bufferOf(value) as ArrayBuffer
    const length = byteLengthOf(value) as number
    return bytesText(tag, buffer, byteOffsetOf(value) as number, length, walk)
  }
}

function bytesText(
  tag: string,
  buffer: ArrayBuffer,
  offset: number,
  length: number,
  walk: Walk,
): string | undefined {
  if (length > walk.limits.bytes) return walk.refuse('too-large')
  return `${tag}(${Buffer.from(buffer, offset, length).toString('base64')})`
}

function suppliedText(value: object, walk: Walk): string | undefined {
  const supply = (value as { [cacheKey]?: unknown })[cacheKey]
  if (typeof supply !== 'function') return walk.refuse('class-instance')
  if (!walk.spend(1)) return walk.refuse('too-large')
  const text = walk.text(supply.call(value), 'Key(')
  return text === undefined ? walk.refusedAt('[cacheKey]()') : `${text})`
}

/** Whether the value has exactly `count` own named properties and no symbol properties. */
function isBare(value: object, count: number, walk: Walk): boolean {
  if (getOwnPropertyNames(value).length !== count) walk.refuse('extra-property')
  else if (getOwnPropertySymbols(value).length > 0) walk.refuse('symbol-property')
  else return true
  return false
}

function getterOf(prototype: object, name: string): (value: object) => unknown {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name) as { get: () => unknown }
  return (value) => get.call(value)
}
