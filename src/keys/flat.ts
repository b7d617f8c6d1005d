/**
 * Returns `text` itself, made flat. V8 keeps what was concatenated as a tree until a character of it
 * is read, and hashing or comparing a tree takes up to twice as long: worth a copy for a text that
 * is about to be looked up in a Map.
 */
export function flat(text: string): string {
  // The character has to matter, or the compiler would leave the reading out.
  return text.charCodeAt(0) === 0 ? text.slice(0) : text
}
