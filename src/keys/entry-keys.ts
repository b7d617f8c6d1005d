import { canonicalOne, canonicalText, type Unkeyable } from './canonical.js'
import { flat } from './flat.js'
import { KeyMemo, type KeyOwner } from './key-memo.js'
import { marked } from './marked.js'

/** One memo for the process, so its size does not grow with the number of cached methods. */
const memo = new KeyMemo()

/**
 * A memo hit saves a third of the time of writing a key, and a miss costs two thirds more. So a hit
 * earns one credit and a miss costs two, and without credit the memo is bypassed: it is used only
 * while at least two of three look-ups hit. The full credit suffices to learn over a thousand
 * lists.
 */
const MOST_CREDIT = 8_192
const COST_OF_MISS = 2
/** Without credit, one of this many lists is looked up anyway, to notice when hits return. */
const TRIAL = 16

let owners = 0

/**
 * Makes the keys of one entry. A key is a prefix that no other entry has, followed by the canonical
 * text of the scope and the arguments.
 */
export class EntryKeys implements KeyOwner {
  readonly id = ++owners
  readonly seed = this.id
  readonly stored: (key: string) => string
  readonly #prefix: string
  #credit = MOST_CREDIT
  #untried = 0

  /** @param stored returns the string instance that the memory tier holds for a key, or the key */
  constructor(prefix: string, stored: (key: string) => string) {
    this.#prefix = prefix
    this.stored = stored
  }

  /** Returns the key of a call, or why its arguments cannot be one. Never throws. */
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

  /** Does the same as `keyOf` without consulting the memo. */
  written(list: readonly unknown[], scope: string | undefined): string | Unkeyable {
    const text = list.length === 1 ? canonicalOne(list[0]) : canonicalText(list)
    if (typeof text !== 'string') return text
    const prefix = this.#prefix
    return flat(
      scope === undefined ? prefix + text : `${prefix}@${scope.length}${marked(scope)}|${text}`,
    )
  }

  #isPromising(): boolean {
    return this.#credit > 0 || (++this.#untried & (TRIAL - 1)) === 0
  }
}
