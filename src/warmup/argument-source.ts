import type { Background } from '../engine/background.js'
import { failureOf } from './failure-of.js'
import type { Settled } from './settle-within.js'
import type { WarmupFailure } from './warmup-report.js'

/** What a source may be: all at once or as it comes, now or in a moment. */
export type Open = () => Opened | PromiseLike<Opened>
type Opened = Iterable<unknown> | AsyncIterable<unknown>

interface AnyIterator {
  next(): IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>
  return?(): unknown
}

export interface SourceOptions {
  readonly open: Open
  readonly background: Background
  /** Waits for a promise of the source's, for as long as a run waits. */
  readonly settle: <Value>(promise: Promise<Value>) => Promise<Settled<Value>>
  /** Called when a source that had to be waited for has an item, or has ended. */
  readonly onChange: () => void
  /** Called once, when the source has failed; it has ended by then. */
  readonly onFailure: (failure: WarmupFailure) => void
}

/**
 * Argument lists, one at a time. A source is opened when there is a free slot for its first, and
 * never holds more than one that is not taken: a million of them do not stand in memory.
 *
 * A list is read at once where it can be, without a promise in between, so that a free slot goes to
 * the highest priority that has something, and not to whoever's promise settles first.
 */
export class ArgumentSource {
  readonly #options: SourceOptions
  #iterator: AnyIterator | undefined
  #state: 'idle' | 'waiting' | 'holding' | 'ended' = 'idle'
  #held: unknown
  /** Whether it is read promise by promise. */
  #isSlow = false
  #read = 0
  #announced = 0

  constructor(options: SourceOptions) {
    this.#options = options
  }

  /** How many items it has had or is known to have. */
  get known(): number {
    return Math.max(this.#read, this.#announced)
  }

  get hasItem(): boolean {
    return this.#state === 'holding'
  }

  get hasEnded(): boolean {
    return this.#state === 'ended'
  }

  /** Reads one item ahead, unless it has done so: it is there now, or `onChange` tells when. */
  advance(): void {
    if (this.#state !== 'idle') return
    try {
      if (this.#iterator === undefined) this.#openSource()
      else this.#readNext(this.#iterator)
    } catch (error) {
      this.#fail(failureOf(error, 'source'))
    }
  }

  /** The item that `hasItem` promised. The next one of an iterable that takes time is asked for at once. */
  take(): unknown {
    const item = this.#held
    this.#held = undefined
    this.#state = 'idle'
    if (this.#isSlow) this.advance()
    return item
  }

  /** Wants no more of it. */
  close(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#held = undefined
    try {
      const returned: unknown = this.#iterator?.return?.()
      if (isThenable(returned)) this.#options.background.run('warmup', returned)
    } catch {
      // Nobody waits for what its clean-up has to say.
    }
  }

  #openSource(): void {
    const opened = this.#options.open()
    if (isThenable(opened)) this.#waitFor(opened, (source) => this.#begin(source))
    else this.#begin(opened)
  }

  #begin(source: Opened): void {
    this.#announced = sizeOf(source)
    this.#iterator = iteratorOf(source)
    this.#readNext(this.#iterator)
  }

  #readNext(iterator: AnyIterator): void {
    const result = iterator.next()
    this.#isSlow = isThenable(result)
    if (isThenable(result)) this.#waitFor(result, (settled) => this.#accept(settled))
    else this.#accept(result)
  }

  #accept(result: IteratorResult<unknown>): void {
    // Taken for an item, it would be one for ever: such an iterator never says that it is done.
    if (typeof result !== 'object' || result === null) throw new TypeError('no iterator result')
    if (result.done === true) {
      this.#state = 'ended'
      this.#announced = this.#read
      return
    }
    this.#read++
    this.#held = result.value
    this.#state = 'holding'
  }

  #waitFor<Value>(promise: PromiseLike<Value>, use: (value: Value) => void): void {
    this.#state = 'waiting'
    const { background, settle, onChange } = this.#options
    const waiting = async (): Promise<void> => {
      const settled = await settle(Promise.resolve(promise))
      if (this.#state !== 'waiting') return
      this.#state = 'idle'
      try {
        if (settled.kind === 'fulfilled') use(settled.value)
        else if (settled.kind === 'rejected') this.#fail(failureOf(settled.error, 'source'))
        else this.#fail({ reason: 'source', error: undefined, code: undefined })
      } catch (error) {
        this.#fail(failureOf(error, 'source'))
      }
      onChange()
    }
    background.run('warmup', waiting())
  }

  #fail(failure: WarmupFailure): void {
    this.#state = 'ended'
    this.#announced = this.#read
    this.#options.onFailure(failure)
  }
}

function sizeOf(source: Opened): number {
  if (Array.isArray(source)) return source.length
  return source instanceof Set || source instanceof Map ? source.size : 0
}

function iteratorOf(source: Opened): AnyIterator {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]()
  return source[Symbol.iterator]()
}

function isThenable<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
  )
}
