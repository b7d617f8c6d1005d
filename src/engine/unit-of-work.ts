import { AsyncLocalStorage } from 'node:async_hooks'

import type { CallContexts } from './call-contexts.js'
import type { Confirmation, Invalidator } from './invalidator.js'
import type { Target } from './journal.js'

interface HeldPut {
  readonly target: Target
  readonly finish: (succeeded: boolean) => Promise<unknown>
}

/** What a transaction has changed, held back until it ends. */
export class UnitOfWork {
  readonly #targets = new Map<string, Target>()
  readonly #puts: HeldPut[] = []
  readonly #touched = new Set<string>()

  evict(targets: readonly Target[]): void {
    for (const target of targets) {
      this.#touched.add(target.name)
      this.#targets.set(target.name, target)
    }
  }

  /** `finish` is called at the end, with whether the work succeeded. When it did not, `target` is evicted. */
  put(target: Target, finish: (succeeded: boolean) => Promise<unknown>): void {
    this.#touched.add(target.name)
    this.#puts.push({ target, finish })
  }

  /** Whether anything by one of these names was changed inside. */
  touches(names: Iterable<string>): boolean {
    if (this.#touched.size === 0) return false
    for (const name of names) if (this.#touched.has(name)) return true
    return false
  }

  /** Whether the work committed is not known when it threw: so evicts are sent in any case. */
  async finish(invalidator: Invalidator, succeeded: boolean): Promise<Confirmation> {
    const failed = succeeded ? [] : this.#puts.map(({ target }) => target)
    const confirmation = await invalidator.invalidate([...this.#targets.values(), ...failed])
    for (const { finish } of this.#puts) await finish(succeeded)
    return confirmation
  }
}

/** Units of work of one cache, found again by AsyncLocalStorage. */
export class UnitsOfWork implements CallContexts {
  active = 0
  readonly #invalidator: Invalidator
  readonly #context = new AsyncLocalStorage<UnitOfWork | undefined>()

  constructor(invalidator: Invalidator) {
    this.#invalidator = invalidator
  }

  current(): UnitOfWork | undefined {
    return this.active === 0 ? undefined : this.#context.getStore()
  }

  /** A unit inside another one is part of it. */
  async run<T>(work: () => PromiseLike<T>): Promise<T> {
    if (this.current() !== undefined) return work()
    const unit = new UnitOfWork()
    this.active++
    let succeeded = false
    try {
      const value = await this.#context.run(unit, work)
      succeeded = true
      return value
    } finally {
      try {
        // What the evicts and puts call in turn is no longer part of the work.
        await this.#context.run(undefined, () => unit.finish(this.#invalidator, succeeded))
      } finally {
        if (--this.active === 0) this.#context.disable()
      }
    }
  }
}
