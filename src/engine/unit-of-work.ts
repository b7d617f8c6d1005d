import { AsyncLocalStorage } from 'node:async_hooks'

import type { CallContexts } from './call-contexts.js'
import type { Confirmation, Invalidator } from './invalidator.js'
import type { Target } from './journal.js'
import type { Marker } from './markers.js'

interface HeldPut {
  readonly target: Target
  readonly finish: (succeeded: boolean) => Promise<unknown>
}

/** Called with the confirmation of the evicts. May throw when that is not sufficient. */
export type Conclude = (confirmation: Confirmation) => void

/** The invalidations and puts of a transaction, deferred until it ends. */
export class UnitOfWork {
  readonly #targets = new Map<string, Target>()
  readonly #puts: HeldPut[] = []
  readonly #touched = new Set<string>()

  /** Defers evicts until the end. */
  evict(targets: readonly Target[]): void {
    for (const target of targets) {
      this.#touched.add(target.name)
      this.#targets.set(target.name, target)
    }
  }

  /**
   * Defers `finish` until the end; it gets whether the work succeeded. If not, `target` is evicted.
   */
  put(target: Target, finish: (succeeded: boolean) => Promise<unknown>): void {
    this.#touched.add(target.name)
    this.#puts.push({ target, finish })
  }

  /** Whether one of these markers was invalidated in this unit. */
  touchesAny(markers: readonly Marker[]): boolean {
    return this.touches(markers.map(({ name }) => name))
  }

  /** Whether anything with one of these names was changed in this unit. */
  touches(names: Iterable<string>): boolean {
    if (this.#touched.size === 0) return false
    for (const name of names) if (this.#touched.has(name)) return true
    return false
  }

  /**
   * Sends the evicts and finishes the puts. Evicts are sent even if the work threw, because it may
   * have committed nevertheless.
   *
   * @throws the first error of `conclude` or a put, after all steps are done and only if the work
   *   itself succeeded
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
        // A step that fails, as when Redis does not confirm, must not prevent the others.
        failures.push(error)
      }
    }
    if (succeeded && failures.length > 0) throw failures[0]
  }
}

/** The units of work of one cache; AsyncLocalStorage finds the current one. */
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

  /**
   * Runs `work` in a unit of work. A nested unit joins the outer one. `conclude` gets the
   * confirmation of the evicts.
   */
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
        // Calls made by the evicts and puts are no longer part of the work.
        const finish = (): Promise<void> => unit.finish(this.#invalidator, conclude, succeeded)
        await this.#context.run(undefined, finish)
      } finally {
        if (--this.active === 0) this.#context.disable()
      }
    }
  }
}
