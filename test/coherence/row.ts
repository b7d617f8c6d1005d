import { type Gate, gate } from '../support/gate.js'

/** One row of a database, which is nothing but the number of its version. */
export class Row {
  version = 1
  /** How often it was read. */
  loads = 0
  #held: Gate | undefined

  /** Reads the row. The read sees what is there when it begins, and ends when its gate lets it. */
  readonly load = async (): Promise<number> => {
    this.loads += 1
    const seen = this.version
    const held = this.#held
    this.#held = undefined
    await held?.wait()
    return seen
  }

  /** The next load waits at this gate with what it has read. */
  hold(): Gate {
    this.#held = gate()
    return this.#held
  }
}
