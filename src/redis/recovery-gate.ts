import type { Recovery } from './recovery.js'

/**
 * Replays invalidations that one server may have lost, and decides whether other commands wait for
 * the replay. Before the first connection nothing can have been lost, so then nothing waits.
 */
export class RecoveryGate {
  readonly #recovery: Recovery
  #wasConnected: boolean
  /** Whether the server replaced another one and nothing has been replayed to it yet. */
  #isUnproven: boolean
  /** How many replays are running, and for how many of them other commands wait. */
  #running = 0
  #awaited = 0

  /**
   * @param isReplacement whether the server replaces another one and may lack its confirmed writes
   */
  constructor(recovery: Recovery, isReplacement: boolean) {
    this.#recovery = recovery
    this.#wasConnected = isReplacement
    this.#isUnproven = isReplacement
  }

  get isShut(): boolean {
    return this.#isUnproven || this.#awaited > 0
  }

  /** Call when the server may have lost writes. Resolves after the replay; never rejects. */
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

  /** Call when writes can be sent to the same server again. Repeats the unconfirmed ones. */
  reconnected(): void {
    if (this.#running === 0) void this.#recovery.run('same')
  }
}
