// Taken once, so that what happens to the globals later changes neither keys nor safety.
const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object
const { getPrototypeOf, hasOwn, keys } = Object
const { isArray } = Array
const objectPrototype = Object.prototype
const arrayPrototype = Array.prototype

/** Values and names in one list; more are cheaper to write than to compare. */
const MOST_TOKENS = 128
/** UTF-16 units of all its strings together. So what is remembered is small. */
const MOST_UNITS = 1_024
const DEEPEST = 8
/** Of a longer string, only so many units count for the hash. */
const HASHED_UNITS = 32
/** Shorter parts of a string are copies; longer ones keep the whole alive that they were cut from. */
const SHORTEST_PART = 13
/** Instead of a number of tokens: it cannot be read. */
const UNREADABLE = -1

/** Begins the values of an object, of an array, or of the list itself. */
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
 * An argument list made flat. Lists that read alike, item by item with `===`, have one canonical text.
 * The reverse does not hold and need not: this is a way to recognise what was seen before, no key.
 */
export interface Reading {
  /** Openings and primitives, as they come. */
  readonly tokens: unknown[]
  /** How many of the tokens count. */
  length: number
  /** Names of properties, as they come. Apart, since names alone are compared by identity, at once. */
  readonly names: string[]
  nameCount: number
  /** Equal for lists that read alike; quickly made, so for others too. */
  hash: number
  /** Whether a string in it may be part of something large. */
  hasParts: boolean
  unitsLeft: number
}

export function newReading(): Reading {
  const tokens = Array.from({ length: MOST_TOKENS }, () => undefined)
  const names = Array.from({ length: MOST_TOKENS }, () => '')
  return { tokens, length: 0, names, nameCount: 0, hash: 0, hasParts: false, unitsLeft: 0 }
}

/**
 * Reads a list of primitives, plain objects and arrays. Says false when there is anything else in it,
 * or much: that is for the canonical writer to judge. It looks as closely as the writer does, so that
 * nothing passes that the writer would refuse, and runs no getter that the writer would not run.
 *
 * Functions walk, and hand on where they are: methods and fields made it a sixth slower.
 *
 * @param seed what else decides the hash
 */
export function readList(reading: Reading, list: readonly unknown[], seed: number): boolean {
  reading.hash = seed
  reading.nameCount = 0
  reading.hasParts = false
  reading.unitsLeft = MOST_UNITS
  const { length } = list
  // A Proxy may say any length.
  if (ARRAYS[length] === undefined) return false
  reading.tokens[0] = ARRAYS[length]
  let at = 1
  for (let index = 0; index < length && at !== UNREADABLE; index++) {
    at = readValue(reading, list[index], at, 0)
  }
  reading.length = at
  return at !== UNREADABLE
}

/** The list that was read, in objects and strings of its own that nobody else holds. */
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
    // Without a prototype, `__proto__` is a name like any other.
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
      // Not `===` to itself. Others are multiplied, so that fractions count.
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
    // There is room: every name before this one has brought a token.
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
  // As many names as elements: neither holes nor named properties, or as many of one as of the other.
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

/** A hash that `text` has a part in. */
export function mixedText(hash: number, text: string): number {
  const { length } = text
  const step = length <= HASHED_UNITS ? 1 : Math.ceil(length / HASHED_UNITS)
  let result = mixed(hash, length)
  // From the end, since that is where names differ.
  for (let index = length - 1; index >= 0; index -= step) {
    result = mixed(result, text.charCodeAt(index))
  }
  return result
}

function mixed(hash: number, value: number): number {
  return (Math.imul(hash, 31) + value) | 0
}

/** Lets go of what was read, if it could keep something large alive. */
export function release(reading: Reading): void {
  if (reading.hasParts) reading.tokens.fill(undefined, 0, reading.length)
}

/** A copy, where `text` may be part of something large that it would keep alive. */
export function ownText(text: string): string {
  return text.length < SHORTEST_PART ? text : (JSON.parse(JSON.stringify(text)) as string)
}
