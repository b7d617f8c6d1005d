/** Characters that are easy to read in a key name and have no special meaning in Redis tools. */
const PLAIN = /^[A-Za-z0-9_.,:"'()+=@/-]*$/
const SPECIAL = /[^A-Za-z0-9_.,:"'()+=@/-]/gu

/**
 * Returns `text` as part of a Redis key, or undefined when the result exceeds `limit` characters.
 * Letters, digits and ``_.,:"'()+=@/-`` stay; every other character is escaped as `%XX` per byte.
 * So braces in user text cannot affect the cluster slot, and no glob, space, line end or control
 * character reaches a key name. Different texts never give the same result.
 *
 * @param text well-formed UTF-16, as canonical texts are
 */
export function readable(text: string, limit: number): string | undefined {
  if (text.length > limit) return undefined
  if (PLAIN.test(text)) return text
  const escaped = text.replace(SPECIAL, escapeCharacter)
  return escaped.length <= limit ? escaped : undefined
}

function escapeCharacter(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&')
}
