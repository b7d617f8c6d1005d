/// <reference lib="es2024.string" />
import { Unkeyable } from './unkeyable.js'
import { type CanonicalLimits, Walk } from './walk.js'

export { cacheKey } from './special-values.js'
export { Unkeyable, type UnkeyableReason } from './unkeyable.js'
export type { CanonicalLimits } from './walk.js'

/** The text, or why there is none. Tell them apart by `typeof result === 'string'`. */
export type CanonicalResult = string | Unkeyable

/** Escaping takes 0.1 µs a character, and what is not even text deserves no more than 2 ms. */
const LONGEST_ILL_FORMED = 16_384

/** A text of more than a quarter of a mebibyte costs more to compare than most methods cost to run. */
export const DEFAULT_LIMITS: CanonicalLimits = { depth: 64, nodes: 10_000, bytes: 262_144 }

/**
 * Returns the canonical text of an argument list: two lists have the same text exactly when they
 * are equal in the sense of docs/keys.md. The text is well-formed UTF-16, so that nothing is lost
 * on its way through UTF-8. Never throws, and looks at no more than `limits` allow.
 *
 * A missing argument and a trailing `undefined` are the same, because few methods tell them apart.
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
    // A Proxy trap, a key method of the user's, or a stack that was nearly full when we came.
    walk.refuse('threw')
  }
  return new Unkeyable(walk.reason, walk.path)
}

/** Returns `canonicalText([argument], limits)`, at once when the argument is a string or a number. */
export function canonicalOne(
  argument: unknown,
  limits: CanonicalLimits = DEFAULT_LIMITS,
): CanonicalResult {
  if (typeof argument === 'string') {
    // No character takes more than three bytes for each of its code units.
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
  // A lone string needs neither its length nor an end: the rest of the text is the string.
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
  // Checked once for the whole text: every string in it follows an ASCII character, so that halves
  // of a pair that come from two strings never meet. No other text begins with `!`.
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
