/** Limits how many tasks run concurrently. The others wait in order of arrival. */
export class AtMost {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Starts `task` as soon as there is room, and settles as it does. */
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
