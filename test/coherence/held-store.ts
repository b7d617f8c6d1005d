import { RedisUnavailableError } from '../../src/errors.js'
import type { SharedStore } from '../../src/tiers/shared-store.js'
import { type Gate, gate } from '../support/gate.js'

export type Operation = keyof SharedStore
/** `before`: Redis has not been asked. `after`: it has answered, and the engine does not know yet. */
export type Moment = 'before' | 'after'

/** A shared store whose single operations a test can hold on their way. */
export class HeldStore {
  readonly store: SharedStore
  readonly #holds: { operation: Operation; moment: Moment; gate: Gate }[] = []
  readonly #failing = new Set<string | symbol>()

  constructor(store: SharedStore) {
    this.store = new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return async (...args: readonly unknown[]): Promise<unknown> => {
          if (this.#failing.delete(name)) throw new RedisUnavailableError('the test wants it so')
          const hold = this.#next(name)
          if (hold?.moment === 'before') await hold.gate.wait()
          const answer: unknown = await Reflect.apply(method, target, args)
          if (hold?.moment === 'after') await hold.gate.wait()
          return answer
        }
      },
    })
  }

  /** Holds the next use of an operation, and only that one. */
  hold(operation: Operation, moment: Moment): Gate {
    const hold = { operation, moment, gate: gate() }
    this.#holds.push(hold)
    return hold.gate
  }

  /** Has the next use of an operation find no Redis. */
  fail(operation: Operation): void {
    this.#failing.add(operation)
  }

  #next(name: string | symbol): { moment: Moment; gate: Gate } | undefined {
    const index = this.#holds.findIndex(({ operation }) => operation === name)
    return index === -1 ? undefined : this.#holds.splice(index, 1)[0]
  }
}
