import { AsyncLocalStorage } from 'node:async_hooks'

import type { Confirmation } from './invalidator.js'

interface Collected {
  /**
   * The unit of work in which collecting began. Invalidations that this unit holds back count as
   * unconfirmed.
   */
  readonly unit: object | undefined
  unconfirmed: number
  replicas: number
}

/**
 * Collects the outcomes of the invalidations that a piece of work causes, and reports them to its
 * caller.
 */
export class Confirmations {
  readonly #context = new AsyncLocalStorage<Collected>()
  #active = 0

  /**
   * Runs `work` and returns its value, with whether Redis confirmed every invalidation made in it.
   *
   * @param unit the unit of work of the calling code
   */
  async collect<T>(
    work: () => PromiseLike<T>,
    unit?: object,
  ): Promise<{ readonly value: T } & Confirmation> {
    const collected: Collected = { unit, unconfirmed: 0, replicas: Number.POSITIVE_INFINITY }
    this.#active++
    try {
      const value = await this.#context.run(collected, work)
      const { unconfirmed } = collected
      const replicas = Number.isFinite(collected.replicas) ? collected.replicas : 0
      return { value, durable: unconfirmed === 0, unconfirmed, replicas }
    } finally {
      // While an AsyncLocalStorage is enabled, every promise of the process costs more.
      if (--this.#active === 0) this.#context.disable()
    }
  }

  /**
   * Adds the outcome of an invalidation to the collection that it was issued in, if there is one.
   *
   * @param heldBy the unit of work that holds back the unconfirmed invalidations. Its initiator
   *   learns about them when the unit ends, so only a collection that began inside the unit counts
   *   them now
   */
  note(confirmation: Confirmation, heldBy?: object): void {
    if (this.#active === 0) return
    const collected = this.#context.getStore()
    if (collected === undefined || (heldBy !== undefined && collected.unit !== heldBy)) return
    collected.unconfirmed += confirmation.unconfirmed
    collected.replicas = Math.min(collected.replicas, confirmation.replicas)
  }
}
