import type { LimitFunction } from 'p-limit'

import { CacheLoadRejectedError, CacheLoadTimeoutError } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import type { EntryContext } from './entry-context.js'
import type { Flight } from './flight.js'
import { isHeldUpBy } from './wait-graph.js'

/** Flights that wait in line for slots, and those that have one. */
export interface SlotQueue {
  readonly concurrency: number
  readonly limit: LimitFunction
  readonly holders: Set<Flight>
}

/** The slot that a running load has. */
export interface Slot {
  /** The line for this very slot, which its holder lends to the loads that its method asks for. */
  lent: SlotQueue | undefined
}

const pLimit = lazyRequire<{ default: (concurrency: number) => LimitFunction }>('p-limit')

/**
 * Bounds how many loads of one entry run at once in this process (`concurrency`) and how many wait
 * (`queue`).
 *
 * A method that asks for other keys of its own entry would wait for slots that callers like itself
 * hold. So when no slot is free, the loads it asks for take turns in its own slot, which it does not use
 * while it waits for them.
 */
export class Slots {
  readonly #context: EntryContext
  /** undefined when the entry is not bounded. */
  readonly #queue: SlotQueue | undefined

  constructor(context: EntryContext) {
    this.#context = context
    const { concurrency } = context.policy
    this.#queue = Number.isFinite(concurrency) ? queueOf(concurrency) : undefined
  }

  /**
   * Runs `load` in a slot. A slot is given back when the load has ended, and after the hard timeout in
   * any case: a load that hangs must not keep it for ever. A load whose turn comes later than that is
   * not begun, since nobody waits for it any more.
   *
   * Rejects with CacheLoadRejectedError when as many wait as `queue` says, with CacheLoadTimeoutError.
   */
  run<Result>(flight: Flight, load: () => Promise<Result>): Promise<Result> {
    const waiting = this.#queueFor(flight)
    if (waiting === undefined) return load()
    const { concurrency, limit, holders } = waiting
    flight.queue = waiting
    const { queue, label, hardTimeout } = this.#context.policy
    if (limit.activeCount >= concurrency && limit.pendingCount >= queue) {
      return Promise.reject(new CacheLoadRejectedError(label, this.#context.policy.concurrency))
    }
    const { clock } = this.#context.parts
    const end = clock.now() + hardTimeout
    return limit(
      () =>
        new Promise<Result>((resolve, reject) => {
          const expire = (): void => reject(new CacheLoadTimeoutError(label, hardTimeout))
          const rest = end - clock.now()
          if (rest <= 0) return expire()
          flight.queue = undefined
          holders.add(flight)
          flight.slot = { lent: undefined }
          const cancel = clock.schedule(rest, expire)
          load().then(resolve, reject).finally(cancel)
        }),
    ).finally(() => {
      holders.delete(flight)
      flight.slot = undefined
    })
  }

  /** Where a flight waits: for any slot, or for that of a load that is held up by this very flight. */
  #queueFor(flight: Flight): SlotQueue | undefined {
    let queue = this.#queue
    while (queue !== undefined && queue.limit.activeCount >= queue.concurrency) {
      const slot = [...queue.holders].find((holder) => isHeldUpBy(holder, flight))?.slot
      if (slot === undefined) return queue
      queue = slot.lent ??= queueOf(1)
    }
    return queue
  }
}

function queueOf(concurrency: number): SlotQueue {
  return { concurrency, limit: pLimit().default(concurrency), holders: new Set() }
}
