import { binaryFrom } from './binary.js'
import { BINARY, NULL_PROTOTYPE } from './rich-writer.js'

/**
 * Restores a value from superjson's text, which anybody with write access to Redis may have forged.
 * superjson's own reader is unsuitable: it follows paths through inherited properties (so a payload
 * can obtain `Object.prototype.toString`), creates typed arrays of any length, compiles regular
 * expressions, and reorders a Set when one of its members is shared.
 *
 * This reader follows paths only through own properties of arrays and plain objects, accepts only
 * the types and the exact content that we write, and creates Maps and Sets last.
 *
 * @throws on any other input
 */
export function putTogether(text: string): unknown {
  const payload: unknown = JSON.parse(text)
  const { json, meta } = fieldsOf(payload, ['json', 'meta'])
  if (json === undefined) throw new TypeError('no value')
  const reader: Reader = { root: { value: json }, collections: new Map() }
  if (meta !== undefined) {
    const { values, referentialEqualities, v } = fieldsOf(meta, [
      'values',
      'referentialEqualities',
      'v',
    ])
    if (v !== 1) throw new TypeError('unknown version')
    if (values !== undefined) revive(reader, reader.root, 'value', values)
    if (referentialEqualities !== undefined) share(reader, referentialEqualities)
  }
  return reader.collections.size === 0 ? reader.root.value : collect(reader, reader.root.value)
}

type Container = Record<string, unknown>

interface Reader {
  readonly root: { value: unknown }
  /**
   * Arrays that will become a Map or a Set. Shared references address members by index, so the
   * members must keep their places until all references are resolved.
   */
  readonly collections: Map<unknown[], Collection>
}

interface Collection {
  readonly target: Map<unknown, unknown> | Set<unknown>
  isFilled: boolean
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function fieldsOf(value: unknown, allowed: readonly string[]): Container {
  if (!isObject(value) || Array.isArray(value)) throw new TypeError('not an object')
  const fields = Object.create(null) as Container
  for (const [name, field] of Object.entries(value)) {
    if (!allowed.includes(name)) throw new TypeError('unknown field')
    fields[name] = field
  }
  return fields
}

/** Replaces `holder[name]` and its descendants as `annotation` says, innermost first. */
function revive(reader: Reader, holder: object, name: string, annotation: unknown): void {
  if (!isObject(annotation)) throw new TypeError('not an annotation')
  const place = holder as Container
  const inner: unknown = Array.isArray(annotation) ? annotation[1] : annotation
  if (inner !== undefined) {
    if (!isObject(inner) || Array.isArray(inner)) throw new TypeError('not annotations')
    for (const [path, child] of Object.entries(inner)) {
      const [owner, last] = find(place[name], parsePath(path))
      revive(reader, owner, last, child)
    }
  }
  if (!Array.isArray(annotation)) return
  if (annotation.length > 2) throw new TypeError('not an annotation')
  place[name] = reviveOne(reader, annotation[0], place[name])
}

function reviveOne(reader: Reader, type: unknown, json: unknown): unknown {
  if (Array.isArray(type)) {
    if (type.length !== 2 || type[0] !== 'custom') throw new TypeError('unknown type')
    if (type[1] === BINARY) return readBinary(json)
    if (type[1] === NULL_PROTOTYPE) return readNullPrototype(json)
    throw new TypeError('unknown type')
  }
  if (type === 'undefined' && json === null) return undefined
  if (type === 'map' || type === 'set') return readCollection(reader, type, json)
  if (typeof json === 'string') return readText(type, json)
  throw new TypeError('unknown type')
}

/** The output of `toISOString`. Calling it to compare would cost more than parsing the date. */
const ISO_DATE = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Accepts only the exact text that we would write for the value. */
function readText(type: unknown, text: string): unknown {
  if (type === 'number' && /^(?:NaN|-?Infinity|-0)$/.test(text)) return Number(text)
  if (type === 'bigint' && /^(?:0|-?[1-9]\d{0,19999})$/.test(text)) return BigInt(text)
  if (type === 'Date' && ISO_DATE.test(text)) {
    const date = new Date(text)
    if (!Number.isNaN(date.getTime())) return date
  }
  if (type === 'URL') {
    const url = new URL(text)
    if (url.href === text) return url
  }
  throw new TypeError('unknown type, or text that does not fit it')
}

function readBinary(json: unknown): object {
  if (!Array.isArray(json) || json.length !== 2) throw new TypeError('not binary data')
  const [name, text] = json as unknown[]
  if (typeof text !== 'string') throw new TypeError('not binary data')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new TypeError('not base64')
  return binaryFrom(name, bytes)
}

function readNullPrototype(json: unknown): object {
  if (!isObject(json) || Object.getPrototypeOf(json) !== Object.prototype) {
    throw new TypeError('not an object')
  }
  return Object.assign(Object.create(null) as object, json)
}

function readCollection(reader: Reader, type: 'map' | 'set', json: unknown): unknown[] {
  if (!Array.isArray(json) || reader.collections.has(json)) throw new TypeError('not a collection')
  const isEntry = (item: unknown): boolean =>
    Array.isArray(item) && item.length === 2 && !reader.collections.has(item)
  if (type === 'map' && !json.every(isEntry)) throw new TypeError('not the entries of a Map')
  reader.collections.set(json, { target: type === 'map' ? new Map() : new Set(), isFilled: false })
  return json
}

/** Parses superjson's path: names separated by dots, with `.` and `\` escaped by a backslash. */
function parsePath(path: string): string[] {
  if (!path.includes('\\')) return path.split('.')
  const names: string[] = []
  let name = ''
  for (let index = 0; index < path.length; index++) {
    const character = path.charAt(index)
    if (character === '.') {
      names.push(name)
      name = ''
    } else if (character === '\\') {
      index++
      const escaped = path.charAt(index)
      if (escaped !== '.' && escaped !== '\\') throw new TypeError('not a path')
      name += escaped
    } else {
      name += character
    }
  }
  return [...names, name]
}

/** Returns the object that contains the last of `names`, and that name. */
function find(start: unknown, names: readonly string[]): [object, string] {
  let owner = start
  const end = names.length - 1
  for (let index = 0; ; index++) {
    const name = names[index] as string
    if (!mayHold(owner, name)) throw new TypeError('a path leads nowhere')
    if (index === end) return [owner, name]
    owner = (owner as Container)[name]
  }
}

/**
 * Whether a path may go on here: own properties of arrays and plain objects, no prototype names.
 */
function mayHold(owner: unknown, name: string): owner is object {
  if (!isObject(owner)) return false
  // An array from JSON has its indices and its length as own properties.
  if (Array.isArray(owner)) return name !== 'length' && Object.hasOwn(owner, name)
  if (name === '__proto__' || name === 'constructor' || name === 'prototype') return false
  return isPlain(owner) && Object.hasOwn(owner, name)
}

/** Puts each shared value into the places for which superjson wrote null. */
function share(reader: Reader, equalities: unknown): void {
  if (!isObject(equalities)) throw new TypeError('not equalities')
  let byPath: unknown = equalities
  if (Array.isArray(equalities)) {
    if (equalities.length > 2) throw new TypeError('not equalities')
    shareOne(reader, reader.root.value, equalities[0])
    byPath = equalities[1] ?? {}
  }
  if (!isObject(byPath) || Array.isArray(byPath)) throw new TypeError('not equalities')
  for (const [path, places] of Object.entries(byPath)) {
    const [owner, name] = find(reader.root.value, parsePath(path))
    shareOne(reader, (owner as Container)[name], places)
  }
}

function shareOne(reader: Reader, value: unknown, places: unknown): void {
  // superjson also records equal bigints, and numbers that are NaN.
  const isShareable = isObject(value) || typeof value === 'bigint' || Number.isNaN(value)
  if (!isShareable || !Array.isArray(places)) throw new TypeError('not equalities')
  for (const path of places as unknown[]) {
    if (typeof path !== 'string') throw new TypeError('not a path')
    const [owner, name] = find(reader.root.value, parsePath(path))
    const container = owner as Container
    if (container[name] !== null) throw new TypeError('a shared value has a place of its own')
    container[name] = value
  }
}

/** Replaces the arrays of Maps and Sets by the collections, and adds their members in order. */
function collect(reader: Reader, value: unknown, visited = new Set<object>()): unknown {
  if (!isObject(value)) return value
  const collection = Array.isArray(value) ? reader.collections.get(value) : undefined
  if (collection !== undefined) return fill(reader, collection, value as unknown[], visited)
  const isContainer = Array.isArray(value) || isPlain(value)
  if (!isContainer || visited.has(value)) return value
  visited.add(value)
  const container = value as Container
  for (const name of Object.keys(container)) {
    const child = container[name]
    const made = collect(reader, child, visited)
    if (made !== child) container[name] = made
  }
  return value
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function fill(
  reader: Reader,
  collection: Collection,
  items: readonly unknown[],
  visited: Set<object>,
): object {
  const { target } = collection
  if (collection.isFilled) return target
  // Marked before it is filled, because a member may refer back to it.
  collection.isFilled = true
  for (const item of items) {
    if (target instanceof Set) {
      target.add(collect(reader, item, visited))
    } else {
      const [key, value] = item as [unknown, unknown]
      target.set(collect(reader, key, visited), collect(reader, value, visited))
    }
  }
  if (target.size !== items.length) throw new TypeError('a collection has a member twice')
  return target
}
