import { AsyncLocalStorage } from 'node:async_hooks'

import type { Confirmation } from './invalidator.js'

interface Collected {
  /** The unit of work that the collecting began in: what that one holds back is not confirmed here. */
  readonly unit: object | undefined
  unconfirmed: number
  replicas: number
}

/** Tells a caller what became of the invalidations that its calls have caused. */
export class Confirmations {
  readonly #context = new AsyncLocalStorage<Collected>()
  #active = 0

  /**
   * Runs `work` and says whether Redis confirmed all that was invalidated in it.
   *
   * @param unit the unit of work that this is called in
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
      // In use it makes every promise of the process dearer.
      if (--this.#active === 0) this.#context.disable()
    }
  }

  /**
   * Adds what became of an invalidation to what is collected where it was issued, if anything is.
   *
   * @param heldBy the unit of work that holds back what is not confirmed. Whoever has begun it hears of
   *   that when it ends, and only who asks inside of it must be told now
   */
  note(confirmation: Confirmation, heldBy?: object): void {
    if (this.#active === 0) return
    const collected = this.#context.getStore()
    if (collected === undefined || (heldBy !== undefined && collected.unit !== heldBy)) return
    collected.unconfirmed += confirmation.unconfirmed
    collected.replicas = Math.min(collected.replicas, confirmation.replicas)
  }
}
