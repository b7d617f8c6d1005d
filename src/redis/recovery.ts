import type { Clock } from '../clock.js'
import type { IdentityChange } from './server-identity.js'

export type RecoveryHandler = (change: IdentityChange) => Promise<void>

/** Milliseconds that reads wait at most for the replay of invalidations. */
const LONGEST = 500

/** Runs the handlers that must finish before a server that may have lost writes is read from. */
export class Recovery {
  readonly #clock: Clock
  readonly #handlers: RecoveryHandler[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  onRecover(handler: RecoveryHandler): void {
    this.#handlers.push(handler)
  }

  /** Resolves when all handlers are done, or after half a second. Never rejects. */
  async run(change: IdentityChange): Promise<void> {
    const handled = Promise.allSettled(
      this.#handlers.map(async (handler) => {
        await handler(change)
      }),
    )
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.schedule(LONGEST, resolve)
      void handled.then(() => {
        cancel()
        resolve()
      })
    })
  }
}
