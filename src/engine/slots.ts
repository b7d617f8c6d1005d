import type { LimitFunction } from 'p-limit'

import { CacheLoadRejectedError, CacheLoadTimeoutError } from '../errors.js'
import { lazyRequire } from '../lazy.js'
import type { EntryContext } from './entry-context.js'
import type { Flight } from './flight.js'
import { isHeldUpBy } from './wait-graph.js'

/** A queue for a number of slots: the flights that wait, and those that hold a slot. */
export interface SlotQueue {
  readonly concurrency: number
  readonly limit: LimitFunction
  readonly holders: Set<Flight>
}

/** The slot of a running load. */
export interface Slot {
  /** The queue for this slot itself, which its holder lends to the loads that its method calls. */
  lent: SlotQueue | undefined
}

const pLimit = lazyRequire<{ default: (concurrency: number) => LimitFunction }>('p-limit')

/**
 * Limits how many loads of one entry run at once in this process (`concurrency`) and how many wait
 * (`queue`).
 *
 * A method that calls its own entry with other keys could deadlock, because the slots it waits for
 * may be held by calls that wait in the same way. If no slot is free, its nested loads therefore
 * take turns in its own slot, which the method does not use while it waits for them.
 */
export class Slots {
  readonly #context: EntryContext
  /** undefined when the entry has no limit. */
  readonly #queue: SlotQueue | undefined

  constructor(context: EntryContext) {
    this.#context = context
    const { concurrency } = context.policy
    this.#queue = Number.isFinite(concurrency) ? queueOf(concurrency) : undefined
  }

  /**
   * Runs `load` in a slot. The slot is freed when the load ends, or at the hard timeout, so that a
   * load that hangs does not keep it forever. The timeout includes the time in the queue; a load
   * whose turn comes later does not start, since nobody waits for it any more.
   *
   * Rejects with CacheLoadRejectedError when the queue is full, and with CacheLoadTimeoutError.
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

  /**
   * Returns the queue for a flight: the entry's, or that of a holder that waits for this very
   * flight.
   */
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
