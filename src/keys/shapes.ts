/** What is known about one list of property names. */
export interface Shape {
  /** The names as the engine lists them, which is the order in which they were added. */
  readonly listed: readonly string[]
  /** The names in code unit order. */
  readonly sorted: readonly string[]
  /** What stands in the text before the value of each sorted name. */
  readonly prefixes: readonly string[]
}

const MOST_FIRST_NAMES = 512
const MOST_SHAPES_PER_FIRST_NAME = 8
const MOST_CHARACTERS = 1_024

/**
 * Remembers the sorted order and the rendered names of the objects seen lately, because sorting
 * costs more than all the rest of a small object. A program has few lists of property names and
 * repeats them for ever. It is a memo only: forgetting everything changes no result, so when an
 * outsider's names flood it, it starts anew.
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
    for (const prefix of shape.prefixes) characters += prefix.length
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

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index]) return false
  }
  return true
}

function shapeOf(listed: readonly string[]): Shape {
  const sorted = [...listed].sort()
  const prefixes = sorted.map((name, index) => {
    return `${index === 0 ? 'O(' : ','}${name.length}:${name}=`
  })
  return { listed, sorted, prefixes }
}
