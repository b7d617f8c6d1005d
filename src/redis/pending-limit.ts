/** How many commands may wait for Redis at once. */
const LIMIT = 1_000

/**
 * Counts the commands that a link's connections hold. A command counts until the driver has let go of
 * it, which is later than its caller's deadline while the server is silent.
 */
export class PendingLimit {
  #count = 0

  get count(): number {
    return this.#count
  }

  /** False when there are too many; else each `enter` is followed by one `leave`. */
  enter(): boolean {
    if (this.#count >= LIMIT) return false
    this.#count += 1
    return true
  }

  leave(): void {
    this.#count -= 1
  }
}
