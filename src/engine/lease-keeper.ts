import type { Address } from '../tiers/shared-store.js'
import { newToken } from '../token.js'
import type { Lease } from './flight.js'
import type { Parts } from './parts.js'

/** Prefix of a put's token. Readers do not wait for such a lease: a put loads nothing for them. */
export const PUT_TOKEN = 'p'
const LOAD_TOKEN = 'l'

/**
 * Returns a new token for a load: the letter that marks a load, the process that loads, and 96 random
 * bits.
 *
 * @param origin the token of the process
 */
export function newLoadToken(origin: string): string {
  return LOAD_TOKEN + origin + newToken()
}

/** Whether a lease was granted to a load of this process. */
export function isTokenOf(origin: string, token: string): boolean {
  return token.startsWith(LOAD_TOKEN + origin)
}

/** Returns a new token for a put: 96 random bits after `PUT_TOKEN`. */
export function newPutToken(): string {
  return PUT_TOKEN + newToken()
}

/**
 * Renews a lease while its holder works, and releases it afterwards. A lease is short, so that a
 * crashed holder blocks nobody for long; a live holder renews it. Leases only avoid duplicate
 * loads: what makes a store safe is the check of the token.
 */
export class LeaseKeeper {
  readonly #parts: Parts
  readonly #address: Address
  readonly #lease: Lease
  readonly #end: number
  #cancel: (() => void) | undefined
  #hasEnded = false

  /**
   * @param longest milliseconds after which the lease is no longer renewed, so that a method that
   *   hangs does not keep the key forever
   */
  constructor(parts: Parts, address: Address, lease: Lease, longest: number) {
    this.#parts = parts
    this.#address = address
    this.#lease = lease
    this.#end = parts.clock.now() + longest
    this.#renewLater()
  }

  /** Stops renewing. The store made under the lease has already ended it in Redis. */
  end(): void {
    this.#hasEnded = true
    this.#cancel?.()
  }

  /**
   * Stops renewing and ends the lease. Must be called exactly once. Rejects when Redis cannot be
   * reached; the lease then expires by itself.
   *
   * @param isDone whether the store made under the lease has already ended it in Redis
   */
  async release(isDone: boolean): Promise<void> {
    this.end()
    const { shared, token } = this.#lease
    if (!isDone) await shared.release(this.#address, token)
  }

  #renewLater(): void {
    const { clock, settings, background } = this.#parts
    if (clock.now() >= this.#end) return
    this.#cancel = clock.schedule(settings.leaseFor / 3, () => {
      background.run('lease', this.#renew())
    })
  }

  async #renew(): Promise<void> {
    const { shared, token } = this.#lease
    const holds = await shared.renew(this.#address, token, this.#parts.settings.leaseFor)
    if (holds && !this.#hasEnded) this.#renewLater()
  }
}
