/**
 * Returns `text` in a form that UTF-8 can represent: `:` and the text itself, or `!` and its JSON
 * when it contains a lone surrogate. UTF-8 encodes all lone surrogates as the same character, so
 * without this Redis and digests would confuse scopes and tags that differ in one.
 */
export function marked(text: string): string {
  return text.isWellFormed() ? `:${text}` : `!${JSON.stringify(text)}`
}
