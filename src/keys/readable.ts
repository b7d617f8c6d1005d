/** What a person reads in a key name without stumbling, and no tool gives a meaning to. */
const PLAIN = /^[A-Za-z0-9_.,:"'()+=@/-]*$/
const SPECIAL = /[^A-Za-z0-9_.,:"'()+=@/-]/gu

/**
 * Returns `text` as a part of a Redis key, or undefined when that takes more than `limit`
 * characters. Letters, digits and ``_.,:"'()+=@/-`` stay; each byte of anything else is escaped as
 * `%XX`. So no brace of a user's text decides a cluster slot, and no glob, space, line end or
 * control character reaches a key name. Two texts never become one.
 *
 * @param text well-formed, as canonical texts are
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
