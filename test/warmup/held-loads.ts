import { type Gate, gate } from '../support/gate.js'
import type { Load } from './warmable.js'

/** Methods of a service that a test can hold while they run. */
export class HeldLoads {
  version = 1
  #gate: Gate | undefined

  /** Loads what it is asked for. */
  readonly id: Load = async (id) => {
    await this.#gate?.wait()
    return id
  }

  /** Loads the version that there is when it begins. */
  readonly versionRead: Load = async () => {
    const read = `version ${this.version}`
    await this.#gate?.wait()
    return read
  }

  /** What begins from now on waits at this gate with what it has read. */
  hold(): Gate {
    this.#gate = gate()
    return this.#gate
  }
}
