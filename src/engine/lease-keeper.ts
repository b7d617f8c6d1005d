import type { Address } from '../tiers/shared-store.js'
import { newToken } from '../token.js'
import type { Lease } from './flight.js'
import type { Parts } from './parts.js'

/** How the token of a put begins. Readers who meet it do not wait: a put loads nothing for them. */
export const PUT_TOKEN = 'p'
const LOAD_TOKEN = 'l'

/** A nonce of 96 random bits, behind a letter that says that it is a load's. */
export function newLoadToken(): string {
  return LOAD_TOKEN + newToken()
}

/** As `newLoadToken`, for a put. */
export function newPutToken(): string {
  return PUT_TOKEN + newToken()
}

/**
 * Keeps a lease alive while its holder works, and gives it back. The lease is short, so that a dead
 * holder holds nobody up; a live one prolongs it. It is not what makes a store safe: the token is.
 */
export class LeaseKeeper {
  readonly #parts: Parts
  readonly #address: Address
  readonly #lease: Lease
  readonly #end: number
  #cancel: (() => void) | undefined
  #hasEnded = false

  /**
   * @param longest milliseconds after which it is renewed no more: a method that hangs must not keep the
   *   key for ever
   */
  constructor(parts: Parts, address: Address, lease: Lease, longest: number) {
    this.#parts = parts
    this.#address = address
    this.#lease = lease
    this.#end = parts.clock.now() + longest
    this.#renewLater()
  }

  /** Renews it no more, since the store under it has ended it in Redis. */
  end(): void {
    this.#hasEnded = true
    this.#cancel?.()
  }

  /**
   * Ends the lease; due once. Rejects when Redis cannot be reached: the lease then runs out by itself.
   *
   * @param isDone whether the store under it has ended it in Redis already
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
