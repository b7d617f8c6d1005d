import type { Background } from '../engine/background.js'
import { failureOf } from './failure-of.js'
import type { Settled } from './settle-within.js'
import type { WarmupFailure } from './warmup-report.js'

/** Opens a source: a synchronous or an asynchronous iterable, or a promise of one. */
export type Open = () => Opened | PromiseLike<Opened>
type Opened = Iterable<unknown> | AsyncIterable<unknown>

interface AnyIterator {
  next(): IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>
  return?(): unknown
}

/** The source and the hooks of an `ArgumentSource`. */
export interface SourceOptions {
  readonly open: Open
  readonly background: Background
  /** Waits for a promise of the source, for as long as the run allows. */
  readonly settle: <Value>(promise: Promise<Value>) => Promise<Settled<Value>>
  /** Called when an asynchronous source has an item or has ended. */
  readonly onChange: () => void
  /** Called once when the source fails; it has ended by then. */
  readonly onFailure: (failure: WarmupFailure) => void
}

/**
 * Reads the argument lists of a source one at a time. The source is opened when a slot is free for
 * its first item, and holds at most one item that was not taken, so that a million items are never
 * in memory together.
 *
 * A synchronous source is read without a promise in between, so that a free slot goes to the
 * highest priority that has an item, and not to the source whose promise settles first.
 */
export class ArgumentSource {
  readonly #options: SourceOptions
  #iterator: AnyIterator | undefined
  #state: 'idle' | 'waiting' | 'holding' | 'ended' = 'idle'
  #held: unknown
  /** Whether the iterator returns promises. */
  #isSlow = false
  #read = 0
  #announced = 0

  constructor(options: SourceOptions) {
    this.#options = options
  }

  /** Number of items that the source has had or is known to have. */
  get known(): number {
    return Math.max(this.#read, this.#announced)
  }

  get hasItem(): boolean {
    return this.#state === 'holding'
  }

  get hasEnded(): boolean {
    return this.#state === 'ended'
  }

  /**
   * Reads one item ahead, unless one is held. The item is there on return, or `onChange` tells when
   * it is.
   */
  advance(): void {
    if (this.#state !== 'idle') return
    try {
      if (this.#iterator === undefined) this.#openSource()
      else this.#readNext(this.#iterator)
    } catch (error) {
      this.#fail(failureOf(error, 'source'))
    }
  }

  /** Takes the held item. Then immediately requests the next one of an asynchronous source. */
  take(): unknown {
    const item = this.#held
    this.#held = undefined
    this.#state = 'idle'
    if (this.#isSlow) this.advance()
    return item
  }

  /** Stops reading the source. */
  close(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#held = undefined
    try {
      const returned: unknown = this.#iterator?.return?.()
      if (isThenable(returned)) this.#options.background.run('warmup', returned)
    } catch {
      // The run does not depend on the source's clean-up.
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
    // Refuse a result that is not an object: such an iterator would never report that it is done.
    if (typeof result !== 'object' || result === null) throw new TypeError('not an iterator result')
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
