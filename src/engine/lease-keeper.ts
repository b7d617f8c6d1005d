import type { Address } from '../tiers/shared-store.js'
import { newToken } from '../token.js'
import type { Parts } from './parts.js'

/** A put's token: readers who meet it do not wait, since what it holds is not being loaded for them. */
export const PUT_TOKEN = 'p'
const LOAD_TOKEN = 'l'

/** A nonce of 96 random bits behind a letter that says what it is for. */
export function newLoadToken(): string {
  return LOAD_TOKEN + newToken()
}

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
  readonly #token: string
  #cancel: (() => void) | undefined
  #released = false

  constructor(parts: Parts, address: Address, token: string) {
    this.#parts = parts
    this.#address = address
    this.#token = token
    this.#renewLater()
  }

  /** Idempotent. Rejects when Redis cannot be reached; the lease then runs out by itself. */
  async release(isDone: boolean): Promise<void> {
    if (this.#released) return
    this.#released = true
    this.#cancel?.()
    if (!isDone) await this.#parts.shared?.release(this.#address, this.#token)
  }

  #renewLater(): void {
    const { clock, settings, background } = this.#parts
    this.#cancel = clock.schedule(settings.leaseFor / 3, () => {
      background.run('lease', this.#renew())
    })
  }

  async #renew(): Promise<void> {
    const { shared, settings } = this.#parts
    const holds = await shared?.renew(this.#address, this.#token, settings.leaseFor)
    if (holds === true && !this.#released) this.#renewLater()
  }
}
