import type { EntryContext } from './entry-context.js'
import type { EntrySealer } from './entry-sealer.js'
import type { Flight, Lease, LoadStart } from './flight.js'
import type { Prepared } from './keeper.js'
import type { MemoryEntry } from './memory-entry.js'
import type { UnsharedLoad } from './unshared.js'

/** A result that was served and is to be stored in Redis. */
interface Kept {
  readonly flight: Flight
  readonly start: LoadStart
  readonly lease: Lease
  readonly prepared: Prepared
  readonly served: UnsharedLoad
  /** The entry in memory; undefined when memory did not accept it. */
  readonly installed: MemoryEntry | undefined
  readonly release: Release
}

/** Ends the flight, and releases its lease unless the store has already ended it. */
export type Release = (isStored: boolean) => Promise<void> | undefined

/** Stores loaded results in Redis, under the lease of their load. */
export class Sharer {
  readonly #context: EntryContext
  readonly #sealer: EntrySealer

  constructor(context: EntryContext, sealer: EntrySealer) {
    this.#context = context
    this.#sealer = sealer
  }

  /** Records that a load is served whose result is not in Redis, or not yet. */
  note(id: string, { issue }: LoadStart): UnsharedLoad {
    const { unshared, journal } = this.#context.parts
    return unshared.note(id, issue, journal.isConfirmedSince(id, issue))
  }

  /**
   * Stores a result in the background. Records it first, because callers get it before the store.
   */
  shareLater(kept: Omit<Kept, 'served'>): void {
    const { background } = this.#context.parts
    const served = this.note(kept.flight.id, kept.start)
    const share = (): Promise<void> => this.#share({ ...kept, served })
    // Callers may change a live value, so serialize it before they get it.
    if (kept.prepared.stored.isLive) background.run('store', share())
    else background.runLater('store', share)
  }

  /**
   * Seals a result and stores it under its lease. If Redis refuses it, removes it from memory too.
   */
  async #share(kept: Kept): Promise<void> {
    const { flight, served, installed, release } = kept
    const { parts, counters } = this.#context
    let isStored = false
    try {
      isStored = flight.fence.intact && (await this.#store(kept))
      // If Redis refuses the store, its entry may be from an earlier load, so the record must stay.
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

  /**
   * Notes an eviction in the background, after the flight's own callers have noted their reason.
   */
  noteEvictedLater(flight: Flight): void {
    if (flight.fence.intact) return
    this.#context.parts.background.runLater('store', async () => this.#noteEvicted(flight))
  }

  /**
   * The eviction found nothing in memory to drop; without this note the next miss would be `cold`.
   */
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
