import { ownText } from '../keys/reading.js'
import type { MemoryEntry } from './memory-entry.js'

/**
 * Finds entries of one cached method by their only argument, a string or a number. Creating the key
 * would cost more than the rest of a hit.
 */
export class Shortcuts {
  readonly #prefixLength: number
  readonly #byArgument = new Map<string | number, MemoryEntry>()

  /** @param prefixLength index at which the canonical text begins in the keys of the method */
  constructor(prefixLength: number) {
    this.#prefixLength = prefixLength
  }

  find(argument: string | number): MemoryEntry | undefined {
    return this.#byArgument.get(argument)
  }

  /** Indexes an entry by the argument that produces its key, until the key is dropped. */
  add(argument: string | number, entry: MemoryEntry): void {
    // Only if the argument can be derived from the key, which `drop` needs. This excludes scopes,
    // lone surrogates, and 0 and -0, which are the same key of a Map.
    if (this.#argumentOf(entry.key) !== argument || argument === 0) return
    if (this.#byArgument.get(argument) === entry) return
    // An entry is dropped from one index only, so two methods that share entries must not both
    // index it.
    if (entry.shortcuts !== undefined && entry.shortcuts !== this) return
    this.#byArgument.set(typeof argument === 'string' ? ownText(argument) : argument, entry)
    entry.shortcuts = this
  }

  /** Removes the entry of a key that has left memory. */
  drop(key: string): void {
    if (this.#byArgument.size > 0) this.#byArgument.delete(this.#argumentOf(key))
  }

  /**
   * Returns the string or number that produces a key, or NaN, which is never indexed, if none does.
   */
  #argumentOf(key: string): string | number {
    const text = key.slice(this.#prefixLength)
    return text.startsWith('"') ? text.slice(1) : Number(text)
  }
}
