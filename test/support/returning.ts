/** A method that returns what it is told to. */
export function returning<T>(value: T): () => Promise<T> {
  return () => Promise.resolve(value)
}
