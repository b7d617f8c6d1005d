import type { CallEnd } from '../observability/entry-counters.js'
import type { EntryContext } from './entry-context.js'
import type { MissReason } from './miss-reasons.js'
import type { Answer } from './slow-reader.js'

/** Counts the calls that memory did not answer immediately, and exactly one outcome for each. */
export class CallAccount {
  readonly #context: EntryContext

  constructor(context: EntryContext) {
    this.#context = context
  }

  /**
   * Counts one call. Resolves with the value of the answer, or rejects as `answering` does.
   *
   * @param key undefined for a call that bypasses the cache
   */
  async count(key: string | undefined, answering: () => Promise<Answer>): Promise<unknown> {
    const { counters, parts } = this.#context
    counters.slowCalls++
    const begunAt = parts.clock.now()
    let answer: Answer
    try {
      answer = await answering()
    } catch (error) {
      this.#end('error', begunAt, undefined)
      throw error
    }
    const end = answer.source === 'load' ? 'miss' : answer.source
    const reason = end === 'miss' && key !== undefined ? parts.missReasons.of(key) : undefined
    this.#end(end, begunAt, reason)
    return answer.value
  }

  #end(end: CallEnd, begunAt: number, reason: MissReason | undefined): void {
    const { counters, parts } = this.#context
    counters.slowEnds++
    parts.signals.answered(counters, end, parts.clock.now() - begunAt, reason)
  }
}
