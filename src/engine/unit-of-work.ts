import { AsyncLocalStorage } from 'node:async_hooks'

import type { CallContexts } from './call-contexts.js'
import type { Confirmation, Invalidator } from './invalidator.js'
import type { Target } from './journal.js'
import type { Marker } from './markers.js'

interface HeldPut {
  readonly target: Target
  readonly finish: (succeeded: boolean) => Promise<unknown>
}

/** Told of what became of evicts in Redis; may throw when that is not enough. */
export type Conclude = (confirmation: Confirmation) => void

/** What a transaction has changed, held back until it ends. */
export class UnitOfWork {
  readonly #targets = new Map<string, Target>()
  readonly #puts: HeldPut[] = []
  readonly #touched = new Set<string>()

  /** Holds evicts back until the end. */
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

  /** Whether one of these markers was invalidated inside. */
  touchesAny(markers: readonly Marker[]): boolean {
    return this.touches(markers.map(({ name }) => name))
  }

  /** Whether anything by one of these names was changed inside. */
  touches(names: Iterable<string>): boolean {
    if (this.#touched.size === 0) return false
    for (const name of names) if (this.#touched.has(name)) return true
    return false
  }

  /**
   * Whether the work committed is not known when it threw: so evicts are sent in any case.
   *
   * @throws what `conclude` or a put threw first, once all is done, unless the work itself failed
   */
  async finish(invalidator: Invalidator, conclude: Conclude, succeeded: boolean): Promise<void> {
    const failed = succeeded ? [] : this.#puts.map(({ target }) => target)
    const targets = [...this.#targets.values(), ...failed]
    const failures: unknown[] = []
    const steps = [
      async () => {
        if (targets.length > 0) conclude(await invalidator.invalidate(targets))
      },
      ...this.#puts.map(
        ({ finish }) =>
          () =>
            finish(succeeded),
      ),
    ]
    for (const step of steps) {
      try {
        await step()
      } catch (error) {
        // What Redis does not confirm for one must not keep the others from being ended.
        failures.push(error)
      }
    }
    if (succeeded && failures.length > 0) throw failures[0]
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

  /** A unit inside another one is part of it. `conclude` is told what became of its evicts. */
  async run<T>(work: () => PromiseLike<T>, conclude: Conclude = () => undefined): Promise<T> {
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
        const finish = (): Promise<void> => unit.finish(this.#invalidator, conclude, succeeded)
        await this.#context.run(undefined, finish)
      } finally {
        if (--this.active === 0) this.#context.disable()
      }
    }
  }
}
