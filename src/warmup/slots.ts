/** Limits how many loads run at once, and notifies subscribers when a slot is freed. */
export class Slots {
  readonly #limit: number
  #waiting: (() => void)[] = []
  #taken = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get isFull(): boolean {
    return this.#taken >= this.#limit
  }

  take(): void {
    this.#taken++
  }

  /**
   * Frees a slot and notifies all subscribers, each time starting with a different one, so that
   * none gets every slot.
   */
  give(): void {
    this.#taken--
    const [first, ...others] = this.#waiting
    if (first === undefined) return
    this.#waiting = [...others, first]
    for (const tell of [first, ...others]) tell()
  }

  /** Calls `tell` whenever a slot is freed. Returns a function that unsubscribes. */
  subscribe(tell: () => void): () => void {
    this.#waiting.push(tell)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== tell)
    }
  }
}
