import type { CallContexts } from './call-contexts.js'
import type { EntryContext } from './entry-context.js'
import { type Filler, DONE_ELSEWHERE } from './filler.js'
import type { Call } from './call.js'
import type { Flight, Outcome } from './flight.js'
import type { Locator } from './locator.js'
import type { MemoryEntry } from './memory-entry.js'
import type { Parts } from './parts.js'
import { RefreshesElsewhere } from './refreshes-elsewhere.js'
import type { UnitOfWork } from './unit-of-work.js'

/** The value for one caller, and its source. */
export interface Answer {
  readonly source: 'memory' | 'redis' | 'load' | 'stale' | 'bypass'
  readonly value: unknown
}

/**
 * Answers reads that memory cannot answer synchronously: by a stale value, a running load, or a new
 * fill.
 */
export class SlowReader {
  readonly #context: EntryContext
  readonly #parts: Parts
  readonly #contexts: CallContexts
  readonly #filler: Filler
  readonly #locator: Locator
  readonly #elsewhere = new RefreshesElsewhere()

  constructor(context: EntryContext, contexts: CallContexts, filler: Filler, locator: Locator) {
    this.#context = context
    this.#parts = context.parts
    this.#contexts = contexts
    this.#filler = filler
    this.#locator = locator
  }

  /** @param entry the entry in memory under the key, usable or not */
  read(call: Call, entry: MemoryEntry | undefined): Promise<Answer> {
    if (this.#parts.lifecycle.isClosed) return this.#direct(call)
    const unit = this.#contexts.current()
    if (unit !== undefined) return this.#readInside(unit, call, entry)
    return this.#context.isStrict ? this.#readStrictly(call, entry) : this.#readBounded(call, entry)
  }

  /** Runs the method whatever is stored. Other callers are served the stored value meanwhile. */
  async refresh(call: Call): Promise<unknown> {
    const { lifecycle, fences } = this.#parts
    if (lifecycle.isClosed) return call.load()
    this.#context.counters.refreshes++
    // Running loads began earlier, so they must not replace the result of this one.
    fences.break(this.#context.idOf(call.key))
    const outcome = await this.#filler.start(call, { mode: 'force', offer: true }).result
    return outcome.stored === undefined ? outcome.value : outcome.stored.take()
  }

  #readBounded(call: Call, entry: MemoryEntry | undefined): Promise<Answer> {
    const now = this.#parts.clock.now()
    const candidate = entry !== undefined && this.#context.holds(entry, now) ? entry : undefined
    if (entry !== undefined && this.#context.policy.useMemory)
      this.#locator.noteMiss(call.key, entry)
    if (candidate !== undefined && now < this.#context.staleUntil(candidate)) {
      this.#refreshInBackground(call, candidate, now)
      return Promise.resolve({
        source: now < candidate.freshUntil ? 'memory' : 'stale',
        value: candidate.take(),
      })
    }
    const running = this.#parts.flights.find(call.key)
    if (running === undefined || !this.#filler.isJoinable(running, now)) {
      const stale = candidate
      const flight = this.#filler.start(call, { mode: 'read', offer: true, stale })
      return this.#await(flight, call, false)
    }
    // The running load's own method makes this call, so waiting would be a deadlock.
    if (this.#parts.flights.wouldDeadlock(running)) return this.#direct(call)
    this.#context.counters.coalesced++
    call.onWaiting?.()
    return this.#await(running, call, true)
  }

  /** Answers a strict read: always one round trip of its own; callers share only the load. */
  #readStrictly(call: Call, entry: MemoryEntry | undefined): Promise<Answer> {
    const flight = this.#filler.start(call, { mode: 'read', offer: false, known: entry })
    return this.#await(flight, call, false)
  }

  /**
   * Answers inside a unit of work: what it has changed is not read, what it loads is not shared.
   */
  async #readInside(unit: UnitOfWork, call: Call, entry: MemoryEntry | undefined): Promise<Answer> {
    const now = this.#parts.clock.now()
    return entry !== undefined && this.#context.answersIn(unit, entry, now)
      ? { source: 'memory', value: entry.take() }
      : this.#direct(call)
  }

  async #direct(call: Call): Promise<Answer> {
    return { source: 'bypass', value: await call.load() }
  }

  #await(flight: Flight, call: Call, isJoiner: boolean): Promise<Answer> {
    const { flights } = this.#parts
    const result = isJoiner ? flights.waitFor(flight, flight.result) : flight.result
    return this.#withinSoftTimeout(flight, result).then(
      (outcome) => this.#serve(outcome, flight, call, isJoiner),
      (error: unknown) => {
        const fallback = this.#fallback(flight)
        if (fallback === undefined) throw error
        return { source: 'stale', value: fallback.take() }
      },
    )
  }

  #serve(
    outcome: Outcome,
    flight: Flight,
    call: Call,
    isJoiner: boolean,
  ): Answer | Promise<Answer> {
    if (outcome === DONE_ELSEWHERE && isJoiner)
      return this.#readBounded(call, this.#parts.memory.get(call.key))
    if (outcome.stored === undefined) {
      // A value that cannot be copied belongs to the caller whose method returned it.
      return isJoiner || outcome.source === 'stale'
        ? this.#direct(call)
        : { source: 'load', value: outcome.value }
    }
    if (outcome.source === 'stale' && flight.stale !== undefined) {
      this.#refreshInBackground(call, flight.stale, this.#parts.clock.now())
    }
    return { source: outcome.source, value: outcome.stored.take() }
  }

  /** After the soft timeout, answers with the stale value, if any, while the load continues. */
  #withinSoftTimeout(flight: Flight, result: Promise<Outcome>): Promise<Outcome> {
    const { clock, background } = this.#parts
    if (!Number.isFinite(this.#context.policy.softTimeout)) return result
    return new Promise((resolve, reject) => {
      const answer = (): void => {
        const fallback = this.#fallback(flight)
        if (fallback === undefined) return
        background.run('late-load', result)
        resolve({ source: 'stale', stored: fallback.stored, value: undefined })
      }
      const cancel = clock.schedule(this.#context.policy.softTimeout, answer)
      result.then(resolve, reject).finally(cancel)
    })
  }

  /** Returns the last good value if it may be served: not evicted, superseded, or too old. */
  #fallback(flight: Flight): MemoryEntry | undefined {
    const { clock, fences, memory } = this.#parts
    const { stale, fence } = flight
    const now = clock.now()
    const isLast = fence.intact && !fence.isOutdated && fences.agrees(fence, stale?.shared?.stamp)
    const present = this.#context.answersFromMemory ? memory.get(flight.key) : undefined
    const entry = isLast ? stale : present
    if (entry === undefined || now >= entry.keptUntil) return undefined
    return this.#context.holds(entry, now) ? entry : undefined
  }

  #refreshInBackground(call: Call, entry: MemoryEntry, now: number): void {
    const { flights, background } = this.#parts
    const running = flights.find(call.key)
    if (running !== undefined && this.#filler.isJoinable(running, now)) return
    if (this.#filler.loader.isPaused(call.key, now) || this.#elsewhere.has(call.key, now)) return
    this.#context.counters.refreshes++
    const refresh = { ...call, onWaiting: undefined }
    // An entry that has left memory may have been evicted, so it must not serve as a fallback.
    const stale = this.#parts.memory.get(call.key) === entry ? entry : undefined
    const flight = this.#filler.start(refresh, { mode: 'refresh', offer: true, stale })
    background.run('refresh', this.#refreshed(flight))
  }

  async #refreshed(flight: Flight): Promise<void> {
    const outcome = await flight.result
    if (outcome === DONE_ELSEWHERE) this.#elsewhere.note(flight.key, this.#parts.clock.now())
  }
}
