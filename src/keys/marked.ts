/**
 * Returns `text` behind a mark, in a form that UTF-8 can hold: `:` and the text itself, or `!` and its
 * JSON where it has a lone surrogate. Redis and digests take all lone surrogates for the same
 * character, and with them a scope or a tag for another one.
 */
export function marked(text: string): string {
  return text.isWellFormed() ? `:${text}` : `!${JSON.stringify(text)}`
}
