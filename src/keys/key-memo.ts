import {
  mixedText,
  newReading,
  ownText,
  type Reading,
  readList,
  rebuilt,
  release,
} from './reading.js'

/** The owner of remembered keys. Equal arguments of two owners, or in two scopes, have two keys. */
export interface KeyOwner {
  /** Unique among owners. */
  readonly id: number
  /** Starts the hash of a list. Usually differs between owners. */
  readonly seed: number
  /** Returns the key of a list, written anew. */
  written(list: readonly unknown[], scope: string | undefined): unknown
  /**
   * Returns the string instance that the memory tier holds for `key`, so that looking it up needs
   * no character comparison, or `key` itself.
   */
  stored(key: string): string
}

interface Remembered {
  /** The owner's id. A reference to the owner would keep a closed cache alive. */
  readonly owner: number
  readonly scope: string | undefined
  readonly hash: number
  readonly tokens: readonly unknown[]
  readonly names: readonly string[]
  readonly key: string
}

/** The memo holds up to 4,096 lists: about 500 bytes each, and 20 MB in the worst case. */
const BITS = 10
const SETS = 2 ** BITS
/** Lists per set. With fewer, a thousand lists in rotation evict each other. */
const WAYS = 4

/**
 * Remembers the keys of argument lists that contain objects. Recognising a list is a quarter to a
 * half cheaper than writing its canonical text and looking that up, because the remembered text is
 * the instance that was looked up before: flat, hashed, and found in the Map by identity.
 *
 * A list that is not recognised is written as usual. A list is recognised only when it equals,
 * value by value, a private copy, so the memo never changes which key a list has.
 */
export class KeyMemo {
  readonly #sets = Array.from({ length: WAYS * SETS }, (): Remembered | undefined => undefined)
  /** Hashes of lists that were written once. A list is remembered the second time it is written. */
  readonly #sighted = new Int32Array(WAYS * SETS)
  readonly #reading: Reading = newReading()
  #isReading = false
  #notes = 0
  /** The hash of the list that `find` missed last; undefined when it cannot be remembered. */
  #missed: number | undefined

  /** Returns the key of a list if it is remembered. Never throws. */
  find(owner: KeyOwner, list: readonly unknown[], scope: string | undefined): string | undefined {
    this.#missed = undefined
    if (!this.#read(owner, list, scope)) return undefined
    const { hash } = this.#reading
    const key = this.#match(setOf(hash), owner, scope)
    release(this.#reading)
    if (key === undefined) this.#missed = hash
    return key
  }

  /** Offers the key of the list that `find` missed last. It is remembered at the second offer. */
  note(owner: KeyOwner, list: readonly unknown[], scope: string | undefined, key: string): void {
    const hash = this.#missed
    if (hash === undefined) return
    const set = setOf(hash)
    const sight = WAYS * set + (hash & (WAYS - 1))
    if (this.#sighted[sight] !== hash) {
      // Every third offer leaves the old hash in place, so two alternating lists cannot block each
      // other.
      if (++this.#notes % 3 !== 0) this.#sighted[sight] = hash
      return
    }
    if (!this.#read(owner, list, scope)) return
    // A Proxy or getter may return other elements each time, so remember a copy whose key is
    // certain.
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
    // A getter on an array may call a cached method, which would overwrite the shared reading.
    if (this.#isReading) return false
    this.#isReading = true
    let isRead = false
    try {
      const seed = scope === undefined ? owner.seed : mixedText(owner.seed, scope)
      isRead = readList(this.#reading, list, seed)
    } catch {
      // A Proxy trap or a getter among the elements of an array threw.
    }
    this.#isReading = false
    return isRead
  }

  #match(set: number, owner: KeyOwner, scope: string | undefined): string | undefined {
    const { hash, tokens, length, names } = this.#reading
    const end = WAYS * (set + 1)
    for (let index = end - WAYS; index < end; index++) {
      const candidate = this.#sets[index]
      if (candidate === undefined) return undefined
      if (
        candidate.hash === hash &&
        candidate.owner === owner.id &&
        candidate.scope === scope &&
        isSame(tokens, candidate.tokens, length) &&
        isSameNames(names, candidate.names)
      ) {
        return candidate.key
      }
    }
    return undefined
  }

  /**
   * Returns the first free place of a set, else a varying one, so a rotation does not evict it all.
   */
  #placeIn(set: number): number {
    const first = WAYS * set
    for (let way = 0; way < WAYS; way++) {
      if (this.#sets[first + way] === undefined) return first + way
    }
    return first + (this.#notes % WAYS)
  }
}

/** Whether the first `length` tokens of the current reading equal those of a remembered list. */
function isSame(tokens: readonly unknown[], others: readonly unknown[], length: number): boolean {
  if (others.length !== length) return false
  for (let index = 0; index < length; index++) {
    if (tokens[index] !== others[index]) return false
  }
  return true
}

/**
 * Whether the names are equal. Equal tokens imply equally many names. A separate loop lets V8 see
 * that it compares internalised strings only.
 */
function isSameNames(names: readonly string[], others: readonly string[]): boolean {
  for (let index = 0; index < others.length; index++) {
    if (names[index] !== others[index]) return false
  }
  return true
}

/** Multiplies the hash so that all its bits affect the upper ones: similar lists hash alike. */
function setOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - BITS)
}
