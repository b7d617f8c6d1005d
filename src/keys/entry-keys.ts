import { canonicalOne, canonicalText, type Unkeyable } from './canonical.js'
import { flat } from './flat.js'
import { KeyMemo, type KeyOwner } from './key-memo.js'

/** One for the process: what it holds at most does not depend on how many methods are cached. */
const memo = new KeyMemo()

/**
 * To find a list saves a third of the time, and to look in vain costs two thirds more: so it is not
 * looked for where fewer than two of three are found. The credit is what a thousand and more lists
 * take until they are all remembered.
 */
const MOST_CREDIT = 8_192
const COST_OF_MISS = 2
/** While there is no credit, every so manieth list is looked for all the same. */
const TRIAL = 16

let owners = 0

/**
 * The keys of one entry. A key is the canonical text of scope and arguments, behind a prefix that no
 * other entry has.
 */
export class EntryKeys implements KeyOwner {
  readonly id = ++owners
  readonly seed = this.id
  readonly stored: (key: string) => string
  readonly #prefix: string
  #credit = MOST_CREDIT
  #untried = 0

  /** @param stored gives the string under which memory has a key, or else the key */
  constructor(prefix: string, stored: (key: string) => string) {
    this.#prefix = prefix
    this.stored = stored
  }

  /** The key of a call, or why its arguments are none. Never throws. */
  keyOf(list: readonly unknown[], scope: string | undefined): string | Unkeyable {
    const isLone = list.length === 1 && typeof list[0] !== 'object'
    if (isLone || !this.#isPromising()) return this.written(list, scope)
    const found = memo.find(this, list, scope)
    if (found !== undefined) {
      if (this.#credit < MOST_CREDIT) this.#credit++
      return found
    }
    if (this.#credit > 0) this.#credit -= COST_OF_MISS
    const key = this.written(list, scope)
    if (typeof key === 'string') memo.note(this, list, scope, key)
    return key
  }

  /** The same, without looking whether it is remembered. */
  written(list: readonly unknown[], scope: string | undefined): string | Unkeyable {
    const text = list.length === 1 ? canonicalOne(list[0]) : canonicalText(list)
    if (typeof text !== 'string') return text
    const prefix = this.#prefix
    return flat(scope === undefined ? prefix + text : `${prefix}@${scope.length}:${scope}|${text}`)
  }

  #isPromising(): boolean {
    return this.#credit > 0 || (++this.#untried & (TRIAL - 1)) === 0
  }
}
