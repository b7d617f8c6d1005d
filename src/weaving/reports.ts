import type { Signals } from '../observability/signals.js'
import type { Unkeyable } from '../keys/canonical.js'

/** What happens instead when a decorator cannot do its work for a call. */
export type Consequence =
  | 'the call bypasses the cache'
  | 'nothing is put, and the entry is cleared'
  | 'the key is evicted instead'
  | 'all keys of the entry are evicted instead'
  | 'the namespace is cleared instead; what other namespaces have stays'
  | 'the eviction happens anyway'

/** Reports problems of one decorator, once each, and never shows the arguments. */
export class Reports {
  readonly #signals: Signals
  readonly #label: string
  readonly #decorator: string

  /**
   * @param label the class and the method that the decorator is used on
   * @param decorator the decorator's name, such as `@CachePut`
   */
  constructor(signals: Signals, label: string, decorator: string) {
    this.#signals = signals
    this.#label = label
    this.#decorator = decorator
  }

  /** Reports a callback that threw or returned an invalid value. */
  callback(option: string, consequence: Consequence): void {
    this.#signals.callbackFailed(this.#label, `\`${option}\` of ${this.#decorator}`, consequence)
  }

  /** Reports arguments, or a callback's result, that cannot be a key. */
  unkeyable({ path, reason }: Unkeyable, consequence: Consequence): void {
    this.#signals.notKeyable(this.#label, path, reason, `${consequence}. Give it a \`key\``)
  }

  /** Reports an argument that should be a list of ids. */
  noList(position: number, consequence: Consequence): void {
    this.#signals.notKeyable(this.#label, `arguments[${position}]`, 'not-a-list', consequence)
  }
}
