import type { CachedEntry } from '../engine/cached-entry.js'
import type { Confirmation, Invalidator } from '../engine/invalidator.js'
import type { Target } from '../engine/journal.js'
import type { Confirmations } from '../engine/confirmations.js'
import type { PutOperation } from '../engine/put-operation.js'
import type { Names } from '../keys/names.js'
import type { UnitsOfWork } from '../engine/unit-of-work.js'
import { CacheInvalidationError } from '../errors.js'

/** What the caller gets when Redis does not confirm an invalidation. */
export type OnInvalidationFailure = 'resolve' | 'reject'

/** The parts of a cache that a `Caller` needs. */
export interface CallerOptions {
  readonly invalidator: Invalidator
  readonly names: Names
  readonly units: UnitsOfWork
  readonly confirmations: Confirmations
  readonly onInvalidationFailure: OnInvalidationFailure
}

/**
 * Carries out evicts and puts on behalf of a caller, now or at the end of its unit of work, and
 * reports what Redis confirmed to `outcome`.
 */
export class Caller {
  readonly #options: CallerOptions

  constructor(options: CallerOptions) {
    this.#options = options
  }

  /**
   * Evicts targets, or holds them back until the current unit of work ends.
   *
   * @throws CacheInvalidationError when Redis does not confirm it and `onInvalidationFailure` is
   *   `'reject'`
   */
  async evict(targets: readonly Target[]): Promise<Confirmation> {
    const { invalidator, units } = this.#options
    const unit = units.current()
    if (unit !== undefined) {
      unit.evict(targets)
      return this.#hold(unit, targets.length)
    }
    return this.#conclude(await invalidator.invalidate(targets))
  }

  /**
   * Ends a put by storing a value, or by evicting the key if `isWanted` is false.
   *
   * @throws CacheInvalidationError as `evict`
   */
  async put(
    entry: CachedEntry,
    operation: PutOperation,
    value: unknown,
    args: readonly unknown[],
    isWanted: boolean,
  ): Promise<Confirmation> {
    const unit = this.#options.units.current()
    if (unit === undefined) return this.#conclude(await operation.finish(value, args, isWanted))
    unit.put(entry.targetFor(operation.id), async (succeeded) => {
      if (succeeded) this.#conclude(await operation.finish(value, args, isWanted))
      else operation.abandon()
    })
    return this.#hold(unit, 1)
  }

  /**
   * Runs a transaction, and sends its evicts and puts when it has ended.
   *
   * @throws CacheInvalidationError when Redis does not confirm them and `onInvalidationFailure` is
   *   `'reject'`
   */
  unitOfWork<Value>(work: () => PromiseLike<Value>): Promise<Value> {
    return this.#options.units.run(work, (confirmation) => {
      this.#conclude(confirmation)
    })
  }

  /** Runs `work`, and returns its value with what Redis confirmed of its invalidations. */
  outcome<Value>(
    work: () => PromiseLike<Value>,
  ): Promise<{ readonly value: Value } & Confirmation> {
    const { confirmations, units } = this.#options
    return confirmations.collect(work, units.current())
  }

  tagTarget(tag: string): Target {
    return { kind: 'tag', name: this.#options.names.tagMarker(tag), namespace: undefined }
  }

  scopeTarget(namespace: string, scope: string): Target {
    const { names } = this.#options
    const name = names.scopeMarker(namespace, scope)
    return { kind: 'marker', name, namespace: names.namespaceMarker(namespace) }
  }

  namespaceTarget(namespace: string): Target {
    const name = this.#options.names.namespaceMarker(namespace)
    return { kind: 'marker', name, namespace: name }
  }

  /** Returns the confirmation of targets that a unit of work holds back: nothing is sent yet. */
  #hold(unit: object, targets: number): Confirmation {
    const held = { durable: targets === 0, unconfirmed: targets, replicas: 0 }
    if (targets > 0) this.#options.confirmations.note(held, unit)
    return held
  }

  #conclude(confirmation: Confirmation): Confirmation {
    this.#options.confirmations.note(confirmation)
    if (!confirmation.durable && this.#options.onInvalidationFailure === 'reject') {
      throw new CacheInvalidationError(confirmation.unconfirmed)
    }
    return confirmation
  }
}
