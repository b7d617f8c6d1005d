import { ownText } from '../keys/reading.js'
import type { MemoryEntry } from './memory-entry.js'

/**
 * Finds entries of one cached method by their only argument, a text or a number: to make its key
 * would cost more than all the rest of a hit.
 */
export class Shortcuts {
  readonly #prefixLength: number
  readonly #byArgument = new Map<string | number, MemoryEntry>()

  /** @param prefixLength where the canonical text begins in the keys of the method */
  constructor(prefixLength: number) {
    this.#prefixLength = prefixLength
  }

  find(argument: string | number): MemoryEntry | undefined {
    return this.#byArgument.get(argument)
  }

  /** Has an entry found by the argument that makes its key, until its key is dropped. */
  add(argument: string | number, entry: MemoryEntry): void {
    // Only if the key says what the argument is: it has to be found again. So no scope, no lone
    // surrogate, and neither zero, which are one key of a Map.
    if (this.#argumentOf(entry.key) !== argument || argument === 0) return
    if (this.#byArgument.get(argument) === entry) return
    // It drops out of one index only: two methods that share their entries must not both have it.
    if (entry.shortcuts !== undefined && entry.shortcuts !== this) return
    this.#byArgument.set(typeof argument === 'string' ? ownText(argument) : argument, entry)
    entry.shortcuts = this
  }

  /** An entry has left memory: it is found no more. */
  drop(key: string): void {
    if (this.#byArgument.size > 0) this.#byArgument.delete(this.#argumentOf(key))
  }

  /** The text or the number that makes a key; NaN, which is no such argument, when none does. */
  #argumentOf(key: string): string | number {
    const text = key.slice(this.#prefixLength)
    return text.startsWith('"') ? text.slice(1) : Number(text)
  }
}
