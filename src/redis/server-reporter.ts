import { failed, lost, ready, type ConnectionListener } from './connection-event.js'
import type { ConnectionFailure, FailureReason } from './redaction.js'

/** Reports a server's changes: one event per change, and one per reason while connecting fails. */
export class ServerReporter {
  readonly #name: string
  readonly #onEvent: ConnectionListener
  readonly #reported = new Set<FailureReason>()
  #isReady = false

  constructor(name: string, onEvent: ConnectionListener) {
    this.#name = name
    this.#onEvent = onEvent
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** @param failure what has just failed, if anything */
  announce(isReady: boolean, failure: ConnectionFailure | undefined): void {
    const wasReady = this.#isReady
    this.#isReady = isReady
    if (isReady && !wasReady) {
      this.#reported.clear()
      this.#onEvent(ready(this.#name))
    } else if (!isReady && failure !== undefined && !this.#reported.has(failure.reason)) {
      this.#reported.add(failure.reason)
      this.#onEvent(wasReady ? lost(this.#name, failure.reason) : failed(this.#name, failure))
    }
  }
}
