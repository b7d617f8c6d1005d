/** How long a key is assumed to be refreshed by somebody else. Milliseconds. */
const PAUSE = 100
/** Most keys remembered per entry. */
const CAPACITY = 1_000

/**
 * Remembers keys of one entry that somebody else was refreshing when a refresh was last tried. A
 * hot stale key is read many times during its refresh, and each read would otherwise ask Redis
 * again whether a refresh is running.
 */
export class RefreshesElsewhere {
  /** The time until which each key is remembered, oldest first. Milliseconds of the clock. */
  readonly #until = new Map<string, number>()

  /** Whether a refresh that starts now is most likely redundant. */
  has(key: string, now: number): boolean {
    if (this.#until.size === 0) return false
    const until = this.#until.get(key)
    return until !== undefined && now < until
  }

  /** Remembers that somebody else is refreshing the key at `now`. */
  note(key: string, now: number): void {
    this.#until.delete(key)
    this.#until.set(key, now + PAUSE)
    for (const [oldest, until] of this.#until) {
      if (this.#until.size <= CAPACITY && now < until) break
      this.#until.delete(oldest)
    }
  }
}
