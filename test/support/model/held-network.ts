import { RedisUnavailableError } from '../../../src/errors.js'
import { gate, type Gate } from '../gate.js'
import type { Network } from './network.js'

/** Where a request can be held: before the server carries it out, or before its caller hears of it. */
export type Place = 'request' | 'reply'

interface Held extends Gate {
  /** Lets go all that wait, and holds none that come later. */
  open(): void
}

/** Everything arrives at once, but for what a test holds or loses. */
export class HeldNetwork implements Network {
  readonly #gates = new Map<string, Gate>()
  readonly #lost = new Set<string>()
  /** The names of all requests that were sent, in order. */
  readonly sent: string[] = []
  /** No request arrives, and each caller is told so. */
  isDown = false

  /** Holds every request of this name at `place` until the gate is opened. */
  hold(name: string, place: Place): Held {
    const held = gate()
    const label = `${name} ${place}`
    this.#gates.set(label, held)
    return {
      reached: held.reached,
      get waiting() {
        return held.waiting
      },
      wait: () => held.wait(),
      open: () => {
        this.#gates.delete(label)
        held.open()
      },
    }
  }

  /** Has the callers of this request get no answer, though it is carried out. */
  loseReplies(name: string, isLost = true): void {
    if (isLost) this.#lost.add(name)
    else this.#lost.delete(name)
  }

  async exchange<T>(name: string, effect: () => T | PromiseLike<T>): Promise<T> {
    this.sent.push(name)
    await this.#gates.get(`${name} request`)?.wait()
    if (this.isDown) throw new RedisUnavailableError('not connected')
    const reply = await effect()
    await this.#gates.get(`${name} reply`)?.wait()
    if (this.#lost.has(name)) throw new RedisUnavailableError('no answer')
    return reply
  }
}
