import type { Signals } from '../observability/signals.js'
import type { Unkeyable } from '../keys/canonical.js'

/** What becomes of a call for which a decorator cannot do its work. */
export type Consequence =
  | 'the call passes by the cache'
  | 'nothing is put, and the entry is cleared'
  | 'the key is evicted instead'
  | 'all keys of the entry are evicted instead'
  | 'the namespace is cleared instead; what other namespaces have stays'
  | 'it is evicted all the same'

/** Says, once each, what of one decorator did not work. Never what the arguments were. */
export class Reports {
  readonly #signals: Signals
  readonly #label: string
  readonly #decorator: string

  /**
   * @param label the class and the method that the decorator stands on
   * @param decorator its name, such as `@CachePut`
   */
  constructor(signals: Signals, label: string, decorator: string) {
    this.#signals = signals
    this.#label = label
    this.#decorator = decorator
  }

  /** A callback threw, or gave what it must not. */
  callback(option: string, consequence: Consequence): void {
    this.#signals.callbackFailed(this.#label, `\`${option}\` of ${this.#decorator}`, consequence)
  }

  /** Arguments, or what a callback made of them, cannot be a key. */
  unkeyable({ path, reason }: Unkeyable, consequence: Consequence): void {
    this.#signals.notKeyable(this.#label, path, reason, `${consequence}. Give it a \`key\``)
  }

  /** What was to be a list of ids is none. */
  noList(position: number, consequence: Consequence): void {
    this.#signals.notKeyable(this.#label, `arguments[${position}]`, 'not-a-list', consequence)
  }
}
