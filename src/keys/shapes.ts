/** One property of a shape, with all that can be written before its value is known. */
export interface Property {
  readonly name: string
  /** What stands in the text before the value. */
  readonly before: string
  /** The same with the mark and the length of a short string, by that length; made when first needed. */
  readonly beforeStrings: (string | undefined)[]
}

/** What is known about one list of property names. */
export interface Shape {
  /** The names as the engine lists them, which is the order in which they were added. */
  readonly listed: readonly string[]
  /** In code unit order of the names. */
  readonly properties: readonly Property[]
}

/** Strings shorter than this have their length written before them once for all. */
export const SHORT_STRING = 32

const MOST_FIRST_NAMES = 64
const MOST_SHAPES_PER_FIRST_NAME = 8
const MOST_CHARACTERS = 512

/**
 * Remembers the sorted order and the rendered names of the objects seen lately, because sorting
 * and rendering cost more than all the rest of a small object. A program has few lists of property
 * names and repeats them for ever. It is a memo only: forgetting changes no result, so when an
 * outsider's names flood it, it starts anew, and at its very worst it holds some 20 MB.
 */
export class Shapes {
  readonly #byFirstName = new Map<string, Shape[]>()

  /** The shape of a list of names that is not empty. */
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

/** What stands before a string of `length` characters, fewer than `SHORT_STRING`. */
export function beforeString(property: Property, length: number): string {
  const known = property.beforeStrings[length]
  if (known !== undefined) return known
  // Joined and not added, which makes it one flat string instead of a tree.
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
