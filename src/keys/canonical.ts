/// <reference lib="es2024.string" />
import { Unkeyable } from './unkeyable.js'
import { type CanonicalLimits, Walk } from './walk.js'

export { cacheKey } from './special-values.js'
export { Unkeyable, type UnkeyableReason } from './unkeyable.js'
export type { CanonicalLimits } from './walk.js'

/** The canonical text, or why there is none. Tell them apart with `typeof result === 'string'`. */
export type CanonicalResult = string | Unkeyable

/**
 * Longest text, in UTF-16 units, that is escaped when it is not well-formed. Escaping takes 0.1 µs
 * a unit, so this limits it to 2 ms.
 */
const LONGEST_ILL_FORMED = 16_384

/** A text above 256 KiB costs more to compare than most methods cost to run. */
export const DEFAULT_LIMITS: CanonicalLimits = { depth: 64, nodes: 10_000, bytes: 262_144 }

/**
 * Returns the canonical text of an argument list: two lists have the same text exactly when they
 * are equal in the sense of docs/keys.md. The text is well-formed UTF-16, so encoding it as UTF-8
 * loses nothing. Never throws, and visits no more of the list than `limits` allow.
 *
 * A missing argument equals a trailing `undefined`, because few methods tell them apart.
 */
export function canonicalText(
  list: readonly unknown[],
  limits: CanonicalLimits = DEFAULT_LIMITS,
): CanonicalResult {
  const walk = new Walk(limits)
  try {
    const text = listText(list, walk)
    if (text !== undefined) return finished(text, limits)
  } catch {
    // A Proxy trap or a `[cacheKey]()` method threw, or the caller's stack was nearly full.
    walk.refuse('threw')
  }
  return new Unkeyable(walk.reason, walk.path)
}

/** Returns `canonicalText([argument], limits)`, with a fast path for strings and numbers. */
export function canonicalOne(
  argument: unknown,
  limits: CanonicalLimits = DEFAULT_LIMITS,
): CanonicalResult {
  if (typeof argument === 'string') {
    // A UTF-16 code unit takes at most three bytes of UTF-8.
    if (argument.length * 3 < limits.bytes && argument.isWellFormed()) return `"${argument}`
  } else if (typeof argument === 'number') {
    return `${argument}`
  }
  return canonicalText([argument], limits)
}

function listText(list: readonly unknown[], walk: Walk): string | undefined {
  let count = list.length
  if (!walk.spend(count)) return walk.refuse('too-large')
  while (count > 0 && list[count - 1] === undefined) count--
  if (count === 0) return '()'
  // A lone string needs neither a length nor an end mark: the rest of the text is the string.
  const lone = count === 1 ? list[0] : undefined
  if (typeof lone === 'string') {
    return lone.length < walk.limits.bytes ? `"${lone}` : walk.refuse('too-large')
  }

  let text = ''
  for (let index = 0; index < count; index++) {
    walk.argument = index
    const part = walk.text(list[index], index === 0 ? '' : ',')
    if (part === undefined) return undefined
    text += part
    if (text.length > walk.limits.bytes) return walk.refuse('too-large')
  }
  return text
}

function finished(text: string, limits: CanonicalLimits): CanonicalResult {
  // One check covers the whole text: every string in it follows an ASCII character, so halves of a
  // surrogate pair from two strings never meet. Only an escaped text begins with `!`.
  const isWellFormed = text.isWellFormed()
  if (!isWellFormed && text.length > LONGEST_ILL_FORMED) return tooLarge()
  const wellFormed = isWellFormed ? text : `!${JSON.stringify(text)}`
  const fits =
    wellFormed.length * 3 <= limits.bytes || Buffer.byteLength(wellFormed) <= limits.bytes
  return fits ? wellFormed : tooLarge()
}

function tooLarge(): Unkeyable {
  return new Unkeyable('too-large', 'arguments')
}
