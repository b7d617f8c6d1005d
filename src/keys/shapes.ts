/** One property of a shape, with everything that can be rendered before its value is known. */
export interface Property {
  readonly name: string
  /** The text before the value. */
  readonly before: string
  /**
   * `before` with the mark and length of a short string, indexed by length and filled on demand.
   */
  readonly beforeStrings: (string | undefined)[]
}

/** What is precomputed for one list of property names. */
export interface Shape {
  /** The names in the order the engine lists them, which is insertion order. */
  readonly listed: readonly string[]
  /** The properties in code unit order of their names. */
  readonly properties: readonly Property[]
}

/** Below this length, the length prefix of a string is cached per property. */
export const SHORT_STRING = 32

const MOST_FIRST_NAMES = 64
const MOST_SHAPES_PER_FIRST_NAME = 8
const MOST_CHARACTERS = 512

/**
 * Remembers the sorted order and the rendered names of recently seen objects, because sorting and
 * rendering cost more than the rest of writing a small object. A program has few distinct lists of
 * property names and repeats them. Forgetting changes no result, so the memo is cleared when
 * foreign names flood it. It holds 20 MB in the worst case.
 */
export class Shapes {
  readonly #byFirstName = new Map<string, Shape[]>()

  /** Returns the shape of a non-empty list of names. */
  of(listed: readonly string[]): Shape {
    const known = this.#byFirstName.get(listed[0] as string)
    if (known !== undefined) {
      for (let index = 0; index < known.length; index++) {
        const shape = known[index] as Shape
        if (sameNames(shape.listed, listed)) return shape
      }
    }
    return this.#learn(listed, known)
  }

  #learn(listed: readonly string[], known: Shape[] | undefined): Shape {
    const shape = shapeOf(listed)
    let characters = 0
    for (const { before } of shape.properties) characters += before.length
    if (characters > MOST_CHARACTERS) return shape

    if (known === undefined) {
      if (this.#byFirstName.size >= MOST_FIRST_NAMES) this.#byFirstName.clear()
      this.#byFirstName.set(listed[0] as string, [shape])
    } else {
      if (known.length >= MOST_SHAPES_PER_FIRST_NAME) known.shift()
      known.push(shape)
    }
    return shape
  }
}

/** Returns the text before a string value of `length` characters, fewer than `SHORT_STRING`. */
export function beforeString(property: Property, length: number): string {
  const known = property.beforeStrings[length]
  if (known !== undefined) return known
  // `join` makes one flat string; `+` would make a tree.
  const before = [property.before, "'", length, ':'].join('')
  property.beforeStrings[length] = before
  return before
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index]) return false
  }
  return true
}

function shapeOf(listed: readonly string[]): Shape {
  const sorted = [...listed].sort()
  const properties = sorted.map((name, index) => ({
    name,
    before: `${index === 0 ? 'O(' : ','}${name.length}:${name}=`,
    beforeStrings: Array.from({ length: SHORT_STRING }, () => undefined),
  }))
  return { listed, properties }
}
