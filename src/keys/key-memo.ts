import {
  mixedText,
  newReading,
  ownText,
  type Reading,
  readList,
  rebuilt,
  release,
} from './reading.js'

/** For whom a key is remembered: equal arguments of two owners, or in two scopes, have two keys. */
export interface KeyOwner {
  /** No two owners have the same. */
  readonly id: number
  /** Differs between owners, mostly. */
  readonly seed: number
  /** Writes the key of a list. */
  written(list: readonly unknown[], scope: string | undefined): unknown
  /** The very string that is looked up in, so that finding it takes no comparison; or else `key`. */
  stored(key: string): string
}

interface Remembered {
  /** Its id, and not the owner itself, which would keep a closed cache alive. */
  readonly owner: number
  readonly scope: string | undefined
  readonly hash: number
  readonly tokens: readonly unknown[]
  readonly names: readonly string[]
  readonly key: string
}

/** 4,096 lists are remembered: some 500 bytes each, and at the very worst 20 MB in all. */
const BITS = 10
const SETS = 2 ** BITS
/** How many lists of one set: with fewer, a thousand lists that come in turn push each other out. */
const WAYS = 4

/**
 * Remembers the keys of argument lists with objects in them. To recognise a list takes a quarter to a
 * half less than to write its canonical text and look that up, for the text that is found is the very
 * one that was looked up before: flat, hashed, and in the Map equal to itself by identity.
 *
 * It is a memo only. What it does not recognise is written; what it recognises it has compared value
 * by value with a copy that nobody else holds.
 */
export class KeyMemo {
  readonly #sets = Array.from({ length: WAYS * SETS }, (): Remembered | undefined => undefined)
  /** Hashes of lists that were written: only what comes a second time is remembered. */
  readonly #sighted = new Int32Array(WAYS * SETS)
  readonly #reading: Reading = newReading()
  #isReading = false
  #notes = 0
  /** The hash of the list that was not found last; undefined when it cannot be remembered. */
  #missed: number | undefined

  /** The key of a list, if it is remembered. Never throws. */
  find(owner: KeyOwner, list: readonly unknown[], scope: string | undefined): string | undefined {
    this.#missed = undefined
    if (!this.#read(owner, list, scope)) return undefined
    const { hash } = this.#reading
    const key = this.#match(setOf(hash), owner, scope)
    release(this.#reading)
    if (key === undefined) this.#missed = hash
    return key
  }

  /** Takes note of the key of the list that was not found last; the second time it is remembered. */
  note(owner: KeyOwner, list: readonly unknown[], scope: string | undefined, key: string): void {
    const hash = this.#missed
    if (hash === undefined) return
    const set = setOf(hash)
    const sight = WAYS * set + (hash & (WAYS - 1))
    if (this.#sighted[sight] !== hash) {
      // Now and then it stays, lest two lists that take turns keep each other out.
      if (++this.#notes % 3 !== 0) this.#sighted[sight] = hash
      return
    }
    if (!this.#read(owner, list, scope)) return
    // Arrays can show another element each time. What is remembered is the copy, whose key is certain.
    const copy = rebuilt(this.#reading)
    if (owner.written(copy, scope) !== key || !this.#read(owner, copy, scope)) return
    const { tokens, length, names, nameCount } = this.#reading
    this.#sets[this.#placeIn(set)] = {
      owner: owner.id,
      scope: scope === undefined ? undefined : ownText(scope),
      hash: this.#reading.hash,
      tokens: tokens.slice(0, length),
      names: names.slice(0, nameCount),
      key: owner.stored(key),
    }
  }

  #read(owner: KeyOwner, list: readonly unknown[], scope: string | undefined): boolean {
    // A getter among the elements of an array may call a cached method.
    if (this.#isReading) return false
    this.#isReading = true
    let isRead = false
    try {
      const seed = scope === undefined ? owner.seed : mixedText(owner.seed, scope)
      isRead = readList(this.#reading, list, seed)
    } catch {
      // A trap of a Proxy, or a getter among the elements of an array.
    }
    this.#isReading = false
    return isRead
  }

  #match(set: number, owner: KeyOwner, scope: string | undefined): string | undefined {
    const { hash, tokens, length, names } = this.#reading
    const end = WAYS * (set + 1)
    for (let index = end - WAYS; index < end; index++) {
      const one = this.#sets[index]
      if (one === undefined) return undefined
      if (
        one.hash === hash &&
        one.owner === owner.id &&
        one.scope === scope &&
        isSame(tokens, one.tokens, length) &&
        isSameNames(names, one.names)
      ) {
        return one.key
      }
    }
    return undefined
  }

  /** An empty place, from the first on, or that of any: so lists that come in turn do not all go. */
  #placeIn(set: number): number {
    const first = WAYS * set
    for (let way = 0; way < WAYS; way++) {
      if (this.#sets[first + way] === undefined) return first + way
    }
    return first + (this.#notes % WAYS)
  }
}

/** Whether the first `length` of the tokens just read are those of another list. */
function isSame(tokens: readonly unknown[], others: readonly unknown[], length: number): boolean {
  if (others.length !== length) return false
  for (let index = 0; index < length; index++) {
    if (tokens[index] !== others[index]) return false
  }
  return true
}

/**
 * The same for names, of which equal tokens have equally many. With a loop of its own the compiler
 * sees that they are nothing else.
 */
function isSameNames(names: readonly string[], others: readonly string[]): boolean {
  for (let index = 0; index < others.length; index++) {
    if (names[index] !== others[index]) return false
  }
  return true
}

/** Multiplied, since the hashes of similar lists are similar, and the upper bits depend on all others. */
function setOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - BITS)
}
