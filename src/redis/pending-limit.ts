/** How many commands may be pending at once. */
const LIMIT = 1_000

/**
 * Counts the pending commands of a link's connections. A command counts until the driver settles
 * it, which is later than its caller's deadline while the server is silent.
 */
export class PendingLimit {
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Whether one more command is admitted. Call `leave` once for each admitted command. */
  enter(): boolean {
    if (this.#count >= LIMIT) return false
    this.#count += 1
    return true
  }

  leave(): void {
    this.#count -= 1
  }
}
