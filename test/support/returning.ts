import type { Gate } from './gate.js'

/** A method that returns what it is told to, once the gate is open if there is one. */
export function returning<T>(value: T, held?: Gate): () => Promise<T> {
  return () => (held === undefined ? Promise.resolve(value) : held.wait().then(() => value))
}
