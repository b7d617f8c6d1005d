// Captured once, so that later changes to the globals affect neither keys nor safety.
const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object
const { getPrototypeOf, hasOwn, keys } = Object
const { isArray } = Array
const objectPrototype = Object.prototype
const arrayPrototype = Array.prototype

/**
 * Most tokens, and most names, in one reading. Longer lists are cheaper to write than to compare.
 */
const MOST_TOKENS = 128
/** Most UTF-16 units in all strings of a list together, which keeps remembered lists small. */
const MOST_UNITS = 1_024
/** How deeply objects and arrays may nest. */
const DEEPEST = 8
/** At most this many UTF-16 units of a string enter the hash. */
const HASHED_UNITS = 32
/** V8 copies shorter slices of a string. A longer slice keeps the whole string alive. */
const SHORTEST_PART = 13
/** Returned in place of a token count when the list cannot be read. */
const UNREADABLE = -1

/** A token that starts the values of an object, an array or the list itself. */
class Opening {
  readonly isObject: boolean
  readonly size: number

  constructor(isObject: boolean, size: number) {
    this.isObject = isObject
    this.size = size
  }
}

const OBJECTS = Array.from({ length: MOST_TOKENS }, (_, size) => new Opening(true, size))
const ARRAYS = Array.from({ length: MOST_TOKENS }, (_, size) => new Opening(false, size))

/**
 * A flattened argument list. Lists with equal readings (compared item by item with `===`) have the
 * same canonical text. The converse need not hold: a reading recognises lists seen before, it is no
 * key.
 */
export interface Reading {
  /** Openings and primitives, in the order they were read. */
  readonly tokens: unknown[]
  /** How many of the tokens are valid. */
  length: number
  /**
   * Property names in the order they were read. Kept apart, because V8 compares them by identity.
   */
  readonly names: string[]
  nameCount: number
  /** Equal for equal readings. It is cheap, so different readings may share it. */
  hash: number
  /** Whether a string among the tokens may be a slice that keeps a larger string alive. */
  hasParts: boolean
  /** UTF-16 units that the remaining strings may have. */
  unitsLeft: number
}

export function newReading(): Reading {
  const tokens = Array.from({ length: MOST_TOKENS }, () => undefined)
  const names = Array.from({ length: MOST_TOKENS }, () => '')
  return { tokens, length: 0, names, nameCount: 0, hash: 0, hasParts: false, unitsLeft: 0 }
}

/**
 * Reads a list of primitives, plain objects and arrays. Returns false for a list that is large or
 * contains anything else, which is left to the canonical writer. The checks are as strict as the
 * writer's, so no list passes that the writer would refuse, and no getter runs that the writer
 * would not run.
 *
 * The functions pass the position along: methods and fields made reading a sixth slower.
 *
 * @param seed the initial value of the hash
 */
export function readList(reading: Reading, list: readonly unknown[], seed: number): boolean {
  reading.hash = seed
  reading.nameCount = 0
  reading.hasParts = false
  reading.unitsLeft = MOST_UNITS
  const { length } = list
  // A Proxy may report any length.
  if (ARRAYS[length] === undefined) return false
  reading.tokens[0] = ARRAYS[length]
  let at = 1
  for (let index = 0; index < length && at !== UNREADABLE; index++) {
    at = readValue(reading, list[index], at, 0)
  }
  reading.length = at
  return at !== UNREADABLE
}

/** Rebuilds the list from the reading, in new objects and strings that nobody else holds. */
export function rebuilt(reading: Reading): unknown[] {
  const { tokens, names } = reading
  let next = 0
  let nextName = 0
  function value(): unknown {
    const token = tokens[next++]
    if (typeof token === 'string') return ownText(token)
    if (!(token instanceof Opening)) return token
    const { isObject, size } = token
    if (!isObject) return Array.from({ length: size }, value)
    // Without a prototype, `__proto__` is an ordinary name.
    const target = Object.create(null) as Record<string, unknown>
    for (let index = 0; index < size; index++) {
      const name = names[nextName++] as string
      target[name] = value()
    }
    return target
  }
  return value() as unknown[]
}

function readValue(reading: Reading, value: unknown, at: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      reading.unitsLeft -= value.length
      if (reading.unitsLeft < 0) return UNREADABLE
      if (value.length >= SHORTEST_PART) reading.hasParts = true
      reading.hash = mixedText(reading.hash, value)
      break
    case 'number':
      // NaN does not equal itself. The factor lets the fraction of a number enter the integer hash.
      if (Number.isNaN(value)) return UNREADABLE
      reading.hash = mixed(reading.hash, value * 16_777_619)
      break
    case 'object':
      if (value !== null) return readContainer(reading, value, at, depth)
      break
    case 'boolean':
      reading.hash = mixed(reading.hash, value ? 1 : 2)
      break
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) return UNREADABLE
      break
    case 'undefined':
      break
    default:
      return UNREADABLE
  }
  if (at >= MOST_TOKENS) return UNREADABLE
  reading.tokens[at] = value
  return at + 1
}

function readContainer(reading: Reading, value: object, at: number, depth: number): number {
  if (depth === DEEPEST || at >= MOST_TOKENS) return UNREADABLE
  const prototype: unknown = getPrototypeOf(value)
  if (prototype === objectPrototype || prototype === null) {
    return readObject(reading, value, at, depth + 1)
  }
  return prototype === arrayPrototype && isArray(value)
    ? readArray(reading, value, at, depth + 1)
    : UNREADABLE
}

function readObject(reading: Reading, value: object, start: number, depth: number): number {
  const names = getOwnPropertyNames(value)
  const { length } = names
  if (length >= MOST_TOKENS) return UNREADABLE
  if (getOwnPropertySymbols(value).length > 0) return UNREADABLE
  reading.tokens[start] = OBJECTS[length]
  let at = start + 1
  for (let index = 0; index < length; index++) {
    const name = names[index] as string
    const found = getOwnPropertyDescriptor(value, name)
    // Only a Proxy lists a property and then denies it.
    if (found === undefined || !found.enumerable) return UNREADABLE
    if (found.get !== undefined || found.set !== undefined) return UNREADABLE
    // There is room: each earlier name has added a token, and tokens are limited.
    reading.names[reading.nameCount++] = name
    at = readValue(reading, found.value, at, depth)
    if (at === UNREADABLE) return UNREADABLE
  }
  return at
}

function readArray(
  reading: Reading,
  array: readonly unknown[],
  start: number,
  depth: number,
): number {
  const { length } = array
  if (ARRAYS[length] === undefined) return UNREADABLE
  // As many keys as elements: no holes and no named properties, or equally many of both.
  if (keys(array).length !== length || 'raw' in array) return UNREADABLE
  if (getOwnPropertySymbols(array).length > 0) return UNREADABLE
  reading.tokens[start] = ARRAYS[length]
  let at = start + 1
  for (let index = 0; index < length; index++) {
    const element = array[index]
    if (element === undefined && !hasOwn(array, index)) return UNREADABLE
    at = readValue(reading, element, at, depth)
    if (at === UNREADABLE) return UNREADABLE
  }
  return at
}

/** Returns `hash` updated with the length and characters of `text`. */
export function mixedText(hash: number, text: string): number {
  const { length } = text
  const step = length <= HASHED_UNITS ? 1 : Math.ceil(length / HASHED_UNITS)
  let result = mixed(hash, length)
  // From the end, because that is where names and ids tend to differ.
  for (let index = length - 1; index >= 0; index -= step) {
    result = mixed(result, text.charCodeAt(index))
  }
  return result
}

function mixed(hash: number, value: number): number {
  return (Math.imul(hash, 31) + value) | 0
}

/** Drops the tokens when they might keep a larger string alive. */
export function release(reading: Reading): void {
  if (reading.hasParts) reading.tokens.fill(undefined, 0, reading.length)
}

/** Returns a copy of `text` when it may be a slice of a larger string, else `text` itself. */
export function ownText(text: string): string {
  return text.length < SHORTEST_PART ? text : (JSON.parse(JSON.stringify(text)) as string)
}
