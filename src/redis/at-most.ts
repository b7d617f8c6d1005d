/** Runs so many tasks at once, at the most; the others wait in the order in which they came. */
export class AtMost {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Begins `task` at once where there is room. Settles as it does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) return this.#begin(task)
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        this.#begin(task).then(resolve, reject)
      })
    })
  }

  async #begin<T>(task: () => Promise<T>): Promise<T> {
    this.#running += 1
    try {
      return await task()
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }
}
