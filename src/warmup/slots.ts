/** How many may work at once, and who wants to know when one of them has ended. */
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

  /** Tells those who wait, each time another one first: none of them gets every slot. */
  give(): void {
    this.#taken--
    const [first, ...others] = this.#waiting
    if (first === undefined) return
    this.#waiting = [...others, first]
    for (const tell of [first, ...others]) tell()
  }

  /** Has `tell` called whenever a slot is free again, until the returned function is called. */
  subscribe(tell: () => void): () => void {
    this.#waiting.push(tell)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== tell)
    }
  }
}
