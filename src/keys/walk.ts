/// <reference lib="es2024.string" />
import { beforeString, type Property, SHORT_STRING, Shapes } from './shapes.js'
import { specialText } from './special-values.js'
import type { UnkeyableReason } from './unkeyable.js'

/** How much of an argument list is visited before it is refused. */
export interface CanonicalLimits {
  /** How many objects, arrays, Maps and so on may be nested. */
  readonly depth: number
  /** How many values the list may hold in total, at all levels; holes of sparse arrays count. */
  readonly nodes: number
  /** How long the text may be, in bytes of UTF-8. */
  readonly bytes: number
}

// Captured once, so that later changes to the globals affect neither keys nor safety.
const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object
const { getPrototypeOf, hasOwn, keys, values } = Object
const objectPrototype = Object.prototype
const arrayPrototype = Array.prototype

/** Length prefixes of short strings. Rendering one anew costs as much as writing the string. */
const STRING_PREFIXES = Array.from({ length: 256 }, (_, length) => `'${length}:`)

/** Up to this length, counting an array's keys is cheaper than counting its values. */
const SHORT_ARRAY = 32

const shapes = new Shapes()

/**
 * One walk over one argument list. Each text it returns is self-delimiting: a reader that knows the
 * grammar (docs/keys.md) finds its end without knowing what follows. A refusal is returned as
 * undefined and described by `reason` and `path`, so that an accepted list pays nothing for it.
 */
export class Walk {
  readonly limits: CanonicalLimits
  reason: UnkeyableReason = 'threw'
  /** The index of the current argument; -1 before the first. */
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
   * Returns the text of `value` after `before`, a separator or a name. They are joined here because
   * V8 copies pieces shorter than 13 characters into a flat string, and builds a tree of longer
   * ones.
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

  /**
   * Takes `count` off the values that may still be visited, and returns whether that was allowed.
   * NaN, which a Proxy may report, is refused.
   */
  spend(count: number): boolean {
    this.#nodes -= count
    return this.#nodes >= 0
  }

  /** The place of the refused value. */
  get path(): string {
    return this.argument < 0 ? 'arguments' : `arguments[${this.argument}]${this.#path}`
  }

  refuse(reason: UnkeyableReason): undefined {
    this.reason = reason
    this.#path = ''
    return undefined
  }

  /** Records that the refused value is at `segment` of the value that is being left. */
  refusedAt(segment: string): undefined {
    const path = segment + this.#path
    // An overlong path loses its innermost part, because a reader starts from the argument.
    this.#path = path.length <= 160 ? path : `${path.slice(0, 160)}…`
    return undefined
  }

  #longString(value: string, before: string): string | undefined {
    return value.length <= this.limits.bytes
      ? `${before}'${value.length}:${value}`
      : this.refuse('too-large')
  }

  /** Uses hexadecimal above 64 bits: conversion to decimal takes quadratic time. */
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

    // No ancestors are tracked on the way down. A cycle always reaches the depth limit, and the
    // object found there is one of its own ancestors, which is noticed on the way back.
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
    // A tagged template's strings array carries its raw form in a non-enumerable property.
    if ('raw' in array) return this.refuse('extra-property')
    // Comparing counts is the cheapest way to rule out named properties. Short arrays count keys;
    // long ones count values, which costs a quarter.
    const counted = (length <= SHORT_ARRAY ? keys(array) : values(array)).length
    if (counted !== length && !this.#isSparse(array, length, counted)) return undefined
    return this.#elements(array, length, counted < length)
  }

  /** Reads the length once, because a Proxy may report another each time. */
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
        // Ids of equal length are common: the length is written once, then a quote for each.
        part = `"${element}`
      } else if (element === undefined && !hasOwn(array, index)) {
        // The counts matched, so a named property compensates for this hole.
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

  /** Whether holes alone explain why `counted` differs from the array's length. */
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
