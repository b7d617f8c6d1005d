/**
 * Returns `text` itself after flattening it. V8 keeps a concatenation as a tree until one of its
 * characters is read, and hashing or comparing a tree takes up to twice as long. Flattening is
 * worth the copy for a text that is about to be looked up in a Map.
 */
export function flat(text: string): string {
  // The result depends on the character, so the compiler cannot drop the read.
  return text.charCodeAt(0) === 0 ? text.slice(0) : text
}
