import type { EntryContext } from './entry-context.js'
import type { Fence } from './fences.js'
import type { Lease } from './flight.js'
import type { Confirmation } from './invalidator.js'
import type { Keeper, Prepared, Provenance } from './keeper.js'
import { LeaseKeeper, newPutToken } from './lease-keeper.js'
import type { Marker } from './markers.js'

/** The outcome of a put. */
export interface PutResult extends Confirmation {
  /** Whether the value is in the cache. If not, the key was evicted. */
  readonly stored: boolean
}

/**
 * A put around a method that changes the cached data. The put takes its token before the method
 * runs, which revokes the lease of any running load or put. Afterwards it stores the value only if
 * its token is still the current one, and evicts the key otherwise. Two overlapping puts can
 * therefore leave the key empty, but never with the older value.
 */
export class PutOperation implements Provenance {
  readonly key: string
  readonly id: string
  readonly markers: readonly Marker[]
  readonly position: number
  readonly begunAt: number
  readonly #context: EntryContext
  readonly #keeper: Keeper
  readonly #fence: Fence
  #lease: Lease | undefined
  #leaseKeeper: LeaseKeeper | undefined

  private constructor(
    context: EntryContext,
    keeper: Keeper,
    key: string,
    scope: string | undefined,
  ) {
    const { parts } = context
    this.#context = context
    this.#keeper = keeper
    this.key = key
    this.id = context.idOf(key)
    this.markers = context.markersOf(scope)
    this.position = parts.markers.position
    this.begunAt = parts.clock.now()
    this.#fence = parts.fences.open(this.id)
  }

  /**
   * Begins a put: takes the key's lease from any holder. Never rejects; without a lease the put
   * ends as an evict.
   */
  static async begin(
    context: EntryContext,
    keeper: Keeper,
    key: string,
    scope: string | undefined,
  ): Promise<PutOperation> {
    const operation = new PutOperation(context, keeper, key, scope)
    await operation.#seize()
    return operation
  }

  /** Ends the put after the method failed. Changes nothing in the cache. */
  abandon(): void {
    const { fences, background } = this.#context.parts
    fences.close(this.#fence)
    if (this.#leaseKeeper) background.run('lease', this.#leaseKeeper.release(false))
  }

  /**
   * Ends the put after the method succeeded: stores `value`, or evicts the key if `isWanted` is
   * false. Never rejects.
   */
  async finish(value: unknown, args: readonly unknown[], isWanted: boolean): Promise<PutResult> {
    const { parts } = this.#context
    const stands = this.#stands(this.#fence)
    parts.fences.close(this.#fence)
    // Running loads began before this value existed, so they must not store their results.
    parts.fences.break(this.id)
    const fence = parts.fences.open(this.id)
    fence.isLeased = this.#fence.isLeased
    const prepared = stands && isWanted ? this.#prepare(value, args) : undefined
    const result = await this.#publish(prepared, fence)
    parts.fences.close(fence)
    return result
  }

  async #publish(prepared: Prepared | undefined, fence: Fence): Promise<PutResult> {
    const { parts, policy } = this.#context
    const target = {
      kind: 'key',
      name: this.id,
      namespace: this.#context.namespaceMarker.name,
    } as const
    const issue = parts.journal.issue([target])
    const shared = await this.#share(prepared)
    this.#leaseKeeper?.end()
    const isConfirmed = shared !== 'unconfirmed'
    const replicas = isConfirmed ? await parts.invalidator.replicasOf(this.id) : 0
    const stands = this.#stands(fence)
    const unconfirmed = isConfirmed ? [] : [this.id]
    const confirmation = parts.invalidator.settle([target], { unconfirmed, replicas }, issue)
    const isKept = shared === 'stored' || (shared === 'evicted' && !policy.useRedis)
    if (prepared === undefined || !isKept || !stands) return { ...confirmation, stored: false }
    const installed = this.#keeper.install(this, prepared, true)
    const isShared = parts.shared !== undefined && shared === 'stored'
    return { ...confirmation, stored: isShared || installed !== undefined }
  }

  async #share(prepared: Prepared | undefined): Promise<'stored' | 'evicted' | 'unconfirmed'> {
    const { parts, policy } = this.#context
    if (parts.shared === undefined) return prepared === undefined ? 'evicted' : 'stored'
    try {
      const lease = this.#lease
      const isStored = await parts.shared.finishPut({
        hash: this.id,
        field: policy.version,
        token: lease?.token ?? newPutToken(),
        sealed: prepared && lease ? await this.#seal(prepared, lease) : undefined,
        freshFor: prepared?.lifetime.freshFor ?? 0,
        keptFor: Math.round(prepared?.lifetime.keptFor ?? 0),
        isStamped: this.#context.isStrict,
        origin: parts.origin,
      })
      return isStored ? 'stored' : 'evicted'
    } catch {
      return 'unconfirmed'
    }
  }

  /** Returns undefined when the value cannot be sealed; the put then ends as an evict. */
  async #seal(prepared: Prepared, lease: Lease): Promise<Buffer | undefined> {
    try {
      return await this.#keeper.sealer.seal(this.key, this.position, lease, prepared)
    } catch {
      return undefined
    }
  }

  #prepare(value: unknown, args: readonly unknown[]): Prepared | undefined {
    const stored = this.#keeper.copy(value)
    return stored === undefined ? undefined : this.#keeper.prepare(stored, value, args)
  }

  #stands(fence: Fence): boolean {
    return fence.intact && this.#context.parts.markers.unchangedSince(this.position, this.markers)
  }

  async #seize(): Promise<void> {
    const { parts, policy } = this.#context
    const { shared } = parts
    if (shared === undefined || !policy.useRedis) return
    const token = newPutToken()
    const address = { hash: this.id, field: policy.version }
    try {
      const capture = await shared.seize({
        ...address,
        token,
        leaseFor: parts.settings.leaseFor,
        markers: this.markers.map((marker) => marker.name),
        withClock: policy.tags !== undefined,
        markersLiveFor: this.#context.markersLiveFor,
      })
      this.#lease = { token, capture, shared }
      this.#fence.isLeased = true
      this.#leaseKeeper = new LeaseKeeper(parts, address, this.#lease, policy.hardTimeout)
    } catch {
      // Without a token the put ends as an evict.
    }
  }
}
