/// <reference lib="es2024.string" />
import { beforeString, type Property, SHORT_STRING, Shapes } from './shapes.js'
import { specialText } from './special-values.js'
import type { UnkeyableReason } from './unkeyable.js'

/** How much of an argument list is looked at before it is refused. */
export interface CanonicalLimits {
  /** How many objects, arrays, Maps and so on may be nested. */
  readonly depth: number
  /** How many values the list may hold in all, at every level; holes of sparse arrays count. */
  readonly nodes: number
  /** How long the text may be, in bytes of UTF-8. */
  readonly bytes: number
}

// Taken once, so that what happens to the globals later changes neither keys nor safety.
const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object
const { getPrototypeOf, hasOwn, keys, values } = Object
const objectPrototype = Object.prototype
const arrayPrototype = Array.prototype

/** The lengths before short strings, rendered once: rendering them anew costs as much as the string. */
const STRING_PREFIXES = Array.from({ length: 256 }, (_, length) => `'${length}:`)

const SHORT_ARRAY = 32

const shapes = new Shapes()

/**
 * One walk over one argument list. Each text it returns is self-delimiting: a reader that knows the
 * grammar (docs/keys.md) finds its end without knowing what follows. A refusal is returned as
 * undefined, with `reason` and `path` left behind, so that a hit pays nothing for it.
 */
export class Walk {
  readonly limits: CanonicalLimits
  reason: UnkeyableReason = 'threw'
  /** The argument being looked at; -1 before the first. */
  argument = -1
  #path = ''
  #nodes: number
  #depth = 0
  #deepest: object | undefined = undefined

  constructor(limits: CanonicalLimits) {
    this.limits = limits
    this.#nodes = limits.nodes
  }

  /**
   * The text of `value` after `before`, a separator or a name. They are joined here because V8
   * copies pieces of less than 13 characters, and keeps a tree of longer ones, to be made flat later.
   */
  text(value: unknown, before: string): string | undefined {
    switch (typeof value) {
      case 'string':
        return value.length < STRING_PREFIXES.length
          ? before + STRING_PREFIXES[value.length] + value
          : this.#longString(value, before)
      case 'number':
        return `${before}${value}`
      case 'object':
        return value === null ? `${before}null` : this.#container(value, before)
      case 'boolean':
        return before + (value ? 'true' : 'false')
      case 'undefined':
        return `${before}undefined`
      case 'bigint':
        return this.#bigint(value, before)
      default:
        return this.refuse(typeof value as 'function' | 'symbol')
    }
  }

  /** Takes `count` values off what may still be visited. Written so that NaN, from a Proxy, is too many. */
  spend(count: number): boolean {
    this.#nodes -= count
    return this.#nodes >= 0
  }

  /** Where the refused value stands. */
  get path(): string {
    return this.argument < 0 ? 'arguments' : `arguments[${this.argument}]${this.#path}`
  }

  refuse(reason: UnkeyableReason): undefined {
    this.reason = reason
    this.#path = ''
    return undefined
  }

  /** Says that what was refused stands at `segment` of the value being left. */
  refusedAt(segment: string): undefined {
    const path = segment + this.#path
    // The innermost part is dropped: whoever looks for it begins at the argument.
    this.#path = path.length <= 160 ? path : `${path.slice(0, 160)}…`
    return undefined
  }

  #longString(value: string, before: string): string | undefined {
    return value.length <= this.limits.bytes
      ? `${before}'${value.length}:${value}`
      : this.refuse('too-large')
  }

  /** Beyond 64 bits in hexadecimal: decimal digits take time that grows with the square of their number. */
  #bigint(value: bigint, before: string): string | undefined {
    if (BigInt.asIntN(64, value) === value) return `${before}${value}n`
    const fits = BigInt.asIntN(4 * this.limits.bytes, value) === value
    return fits ? `${before}${value.toString(16)}h` : this.refuse('too-large')
  }

  #container(value: object, before: string): string | undefined {
    if (++this.#depth > this.limits.depth) {
      this.#deepest = value
      return this.refuse('too-deep')
    }
    const prototype = getPrototypeOf(value)
    let text: string | undefined
    if (prototype === objectPrototype || prototype === null) text = this.#plain(value)
    else if (prototype === arrayPrototype) text = this.#array(value as unknown[])
    else text = specialText(value, prototype, this)
    this.#depth--

    // No ancestors are kept on the way down. A cycle always reaches the depth limit, and the object
    // met there is then one of its own ancestors, which shows on the way back.
    if (text !== undefined) return before + text
    return value === this.#deepest ? this.refuse('cycle') : undefined
  }

  #plain(value: object): string | undefined {
    const listed = getOwnPropertyNames(value)
    if (!this.spend(listed.length)) return this.refuse('too-large')
    if (getOwnPropertySymbols(value).length > 0) return this.refuse('symbol-property')
    if (listed.length === 0) return 'O()'

    const { properties } = shapes.of(listed)
    const { bytes } = this.limits
    let text = ''
    for (let index = 0; index < properties.length; index++) {
      const property = properties[index] as Property
      const part = this.#property(property, getOwnPropertyDescriptor(value, property.name))
      if (part === undefined) return this.refusedAt(nameSegment(property.name))
      text += part
      if (text.length > bytes) return this.refuse('too-large')
    }
    return `${text})`
  }

  #property(property: Property, found: PropertyDescriptor | undefined): string | undefined {
    if (!this.#isData(found)) return undefined
    const value: unknown = found.value
    return typeof value === 'string' && value.length < SHORT_STRING
      ? beforeString(property, value.length) + value
      : this.text(value, property.before)
  }

  #isData(found: PropertyDescriptor | undefined): found is PropertyDescriptor {
    // Only a Proxy lists a property and then denies it.
    if (found === undefined || !found.enumerable) this.refuse('hidden-property')
    else if (found.get !== undefined || found.set !== undefined) this.refuse('getter')
    else return true
    return false
  }

  #array(array: readonly unknown[]): string | undefined {
    const { length } = array
    if (!this.spend(length)) return this.refuse('too-large')
    if (getOwnPropertySymbols(array).length > 0) return this.refuse('symbol-property')
    // The strings of a tagged template carry their raw form in a property that nothing lists.
    if ('raw' in array) return this.refuse('extra-property')
    // Counting is the cheapest way to see that there is no named property. In short arrays the keys
    // are counted; in long ones the values, which cost a quarter.
    const counted = (length <= SHORT_ARRAY ? keys(array) : values(array)).length
    if (counted !== length && !this.#isSparse(array, length, counted)) return undefined
    return this.#elements(array, length, counted < length)
  }

  /** The length is read once: a Proxy may say another each time. */
  #elements(array: readonly unknown[], length: number, isSparse: boolean): string | undefined {
    const { bytes } = this.limits
    let text = 'A('
    let separator = ''
    let lastLength = -1
    for (let index = 0; index < length; index++) {
      const element = array[index]
      let part: string | undefined
      if (typeof element === 'number') {
        part = `${separator}${element}`
      } else if (typeof element === 'string' && element.length === lastLength) {
        // Ids of one length are the common case: the length is written once, a quote for each.
        part = `"${element}`
      } else if (element === undefined && !hasOwn(array, index)) {
        // A hole that the count did not show is made up for by a named property.
        part = isSparse ? `${separator}empty` : this.refuse('extra-property')
      } else {
        if (typeof element === 'string') lastLength = element.length
        part = this.text(element, separator)
      }
      if (part === undefined) return this.refusedAt(`[${index}]`)
      text += part
      if (text.length > bytes) return this.refuse('too-large')
      separator = ','
    }
    return `${text})`
  }

  /** True when holes, and nothing else, explain why `counted` is not the array's length. */
  #isSparse(array: readonly unknown[], length: number, counted: number): boolean {
    let elements = 0
    for (let index = 0; index < length; index++) {
      const element = getOwnPropertyDescriptor(array, index)
      if (element === undefined) continue
      if (!this.#isData(element)) {
        this.refusedAt(`[${index}]`)
        return false
      }
      elements++
    }
    if (elements !== counted) this.refuse('extra-property')
    return elements === counted
  }
}

function nameSegment(name: string): string {
  return /^[A-Za-z_$][\w$]{0,31}$/.test(name) ? `.${name}` : '[…]'
}
