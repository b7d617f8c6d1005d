import type { EntryContext } from './entry-context.js'
import type { EntrySealer } from './entry-sealer.js'
import type { Flight, Lease, LoadStart } from './flight.js'
import type { Prepared } from './keeper.js'
import type { MemoryEntry } from './memory-entry.js'
import type { UnsharedLoad } from './unshared.js'

/** A result that was served and goes to Redis. */
interface Kept {
  readonly flight: Flight
  readonly start: LoadStart
  readonly lease: Lease
  readonly prepared: Prepared
  readonly served: UnsharedLoad
  /** Its entry in memory; undefined where it was not let in. */
  readonly installed: MemoryEntry | undefined
  readonly release: Release
}

/** Ends the flight, and gives its lease back, unless the store has taken it away. */
export type Release = (isStored: boolean) => Promise<void> | undefined

/** Brings what was loaded to Redis, under the lease it was loaded under. */
export class Sharer {
  readonly #context: EntryContext
  readonly #sealer: EntrySealer

  constructor(context: EntryContext, sealer: EntrySealer) {
    this.#context = context
    this.#sealer = sealer
  }

  /** Remembers that a load is served whose result Redis does not have, or not yet. */
  note(id: string, { issue }: LoadStart): UnsharedLoad {
    const { unshared, journal } = this.#context.parts
    return unshared.note(id, issue, journal.isConfirmedSince(id, issue))
  }

  /** Stores a result in the background. It is noted now: its callers have it before it is on its way. */
  shareLater(kept: Omit<Kept, 'served'>): void {
    const { background } = this.#context.parts
    const served = this.note(kept.flight.id, kept.start)
    const share = (): Promise<void> => this.#share({ ...kept, served })
    // What its callers may change is written down before they can.
    if (kept.prepared.stored.isLive) background.run('store', share())
    else background.runLater('store', share)
  }

  /** Fixes the tags, seals, and stores under the lease. What Redis refuses leaves memory as well. */
  async #share(kept: Kept): Promise<void> {
    const { flight, served, installed, release } = kept
    const { parts, counters } = this.#context
    let isStored = false
    try {
      isStored = flight.fence.intact && (await this.#store(kept))
      // Refused, it is not there; and what is may have been loaded before it, by whoever got the lease.
      if (isStored) {
        parts.unshared.settle(served)
        parts.fences.storeServed(flight.fence, served.ending)
      }
    } finally {
      await release(isStored)
    }
    if (isStored) return
    counters.fencedStores++
    this.#noteEvicted(flight)
    if (installed !== undefined && parts.memory.get(flight.key) === installed) {
      parts.memory.delete(flight.key)
    }
  }

  /** Later, since its own callers have missed for another reason. */
  noteEvictedLater(flight: Flight): void {
    if (flight.fence.intact) return
    this.#context.parts.background.runLater('store', async () => this.#noteEvicted(flight))
  }

  /** Who evicted it found nothing in memory to forget, and the next miss would be a cold one. */
  #noteEvicted({ key, fence }: Flight): void {
    if (!fence.intact) this.#context.parts.missReasons.note(key, 'evicted')
  }

  async #store({ flight, lease, prepared, served }: Kept): Promise<boolean> {
    const sealing = this.#sealer.seal(flight.key, flight.position, lease, prepared)
    const sealed = sealing instanceof Promise ? await sealing : sealing
    if (sealed === undefined) return false
    const { parts, policy, counters } = this.#context
    parts.unshared.seal(served, sealed)
    counters.storedBytes += sealed.length
    return lease.shared.store({
      hash: flight.id,
      field: policy.version,
      token: lease.token,
      sealed,
      freshFor: prepared.lifetime.freshFor,
      keptFor: Math.round(prepared.lifetime.keptFor),
      isStamped: this.#context.isStrict,
    })
  }
}
