/** Milliseconds for which it is believed that somebody else refreshes a key. */
const PAUSE = 100
/** Keys remembered per entry. */
const CAPACITY = 1_000

/**
 * Keys of one entry that somebody else was refreshing when they were asked for last. A hot key that
 * is stale is read more often than its refresh takes, and each read would ask Redis anew whether it
 * has begun.
 */
export class RefreshesElsewhere {
  /** Until when, oldest first. */
  readonly #until = new Map<string, number>()

  /** Whether a refresh begun now would most likely be needless. */
  has(key: string, now: number): boolean {
    if (this.#until.size === 0) return false
    const until = this.#until.get(key)
    return until !== undefined && now < until
  }

  /** Somebody else was refreshing it just now. */
  note(key: string, now: number): void {
    this.#until.delete(key)
    this.#until.set(key, now + PAUSE)
    for (const [oldest, until] of this.#until) {
      if (this.#until.size <= CAPACITY && now < until) break
      this.#until.delete(oldest)
    }
  }
}
