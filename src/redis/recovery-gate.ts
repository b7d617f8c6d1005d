import type { Recovery } from './recovery.js'

/**
 * Has what one server may have lost repeated, and says whether everybody else has to wait for it. At
 * the very first connection nothing can have been lost, so nobody has.
 */
export class RecoveryGate {
  readonly #recovery: Recovery
  #wasConnected: boolean
  /** The server has taken over from another one, and nothing was repeated there yet. */
  #isUnproven: boolean
  /** How many recoveries from a change run, and how many of them everybody else waits for. */
  #running = 0
  #awaited = 0

  /** @param isReplacement the server takes over from another one, and may lack what that confirmed */
  constructor(recovery: Recovery, isReplacement: boolean) {
    this.#recovery = recovery
    this.#wasConnected = isReplacement
    this.#isUnproven = isReplacement
  }

  get isShut(): boolean {
    return this.#isUnproven || this.#awaited > 0
  }

  /** The server may have lost anything. Resolves when what it may lack was repeated; never rejects. */
  async changed(): Promise<void> {
    const awaited = this.#wasConnected ? 1 : 0
    this.#wasConnected = true
    this.#running += 1
    this.#awaited += awaited
    await this.#recovery.run('changed')
    this.#running -= 1
    this.#awaited -= awaited
    this.#isUnproven = false
  }

  /** Writes can be sent again, to the server that it was: repeats what was not confirmed. */
  reconnected(): void {
    if (this.#running === 0) void this.#recovery.run('same')
  }
}
