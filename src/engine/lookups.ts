import type { CallAccount } from './call-account.js'
import type { CallContexts } from './call-contexts.js'
import type { EntryContext } from './entry-context.js'
import type { Foreseen, Found, Located, Locator } from './locator.js'
import type { MissReason } from './miss-reasons.js'

/**
 * Looks up keys of one entry without running its method. Respects the current unit of work: entries
 * that the unit has changed are not read.
 */
export class Lookups {
  readonly #context: EntryContext
  readonly #contexts: CallContexts
  readonly #locator: Locator
  readonly #account: CallAccount

  constructor(
    context: EntryContext,
    contexts: CallContexts,
    locator: Locator,
    account: CallAccount,
  ) {
    this.#context = context
    this.#contexts = contexts
    this.#locator = locator
    this.#account = account
  }

  /**
   * Returns the stored value if it is fresh in memory or in Redis. Runs no method, counts nothing.
   */
  lookUp(key: string, scope: string | undefined): Promise<Found | undefined> {
    return this.#locator.lookUp(key, scope, this.#contexts.current())
  }

  /** Like `lookUp`, but counts as a call: finding nothing is a miss. */
  find(key: string, scope: string | undefined): Promise<Found | undefined> {
    const finding = this.#account.count(key, async () => {
      const reason = this.missReasonOf(key)
      const found = await this.lookUp(key, scope)
      if (found === undefined && reason !== undefined) {
        this.#context.parts.missReasons.note(key, reason)
      }
      return { source: found?.tier ?? 'load', value: found }
    })
    return finding as Promise<Found | undefined>
  }

  /** Returns the entry that would answer a read, and its tier. Changes nothing. */
  locate(key: string, scope: string | undefined): Promise<Located> {
    return this.#locator.locate(key, scope)
  }

  /**
   * Predicts how a call for the key would be answered now. Returns `closed` when the call would run
   * the method because the cache is closed, and `unit` when it would because of the unit of work.
   */
  async foresee(key: string, scope: string | undefined): Promise<Foreseen | 'closed' | 'unit'> {
    const { clock, lifecycle, memory } = this.#context.parts
    if (lifecycle.isClosed) return 'closed'
    const unit = this.#contexts.current()
    if (unit === undefined) return this.#locator.foresee(key, scope)
    const entry = memory.get(key)
    if (entry === undefined || !this.#context.answersIn(unit, entry, clock.now())) return 'unit'
    return { source: 'memory', entry, reason: undefined }
  }

  /** Returns why the last read of a key was not answered from the cache, if that is remembered. */
  missReasonOf(key: string): MissReason | undefined {
    return this.#locator.missReasonOf(key)
  }
}
