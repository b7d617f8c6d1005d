/** The last served load of a key, whose result is not known to be in Redis. */
export interface UnsharedLoad {
  readonly id: string
  /** Number of the last invalidation that this process had issued when the method was called. */
  readonly issue: number
  /** The last bytes of the load's own store; undefined until the store is sealed, if it ever is. */
  ending: string | undefined
}

/** Most keys remembered. An outage can affect many keys; the oldest are forgotten first. */
const CAPACITY = 20_000
/** Length of the checksum at the end of a sealed entry and of its stamp. Bytes. */
const CHECKSUM = 8

/**
 * Tracks keys whose last load was served to callers in this process and is not known to be in
 * Redis, because the store is still running, failed, or was refused. The entry in Redis may then be
 * older than the value already served, so it is not served and the next load that gets the lease
 * replaces it. Otherwise a process could return to an older value until the newer one is
 * invalidated.
 */
export class Unshared {
  /** By key id, oldest first. */
  readonly #served = new Map<string, UnsharedLoad>()

  /**
   * Records that a load is served.
   *
   * @param issue the last invalidation that this process had issued when the method was called
   * @param isEvicted whether Redis has evicted the key since; any entry there is then newer, so
   *   nothing is recorded
   */
  note(id: string, issue: number, isEvicted: boolean): UnsharedLoad {
    const served: UnsharedLoad = { id, issue, ending: undefined }
    if (isEvicted) return served
    this.#served.delete(id)
    this.#served.set(id, served)
    if (this.#served.size > CAPACITY) {
      const oldest = this.#served.keys().next().value
      if (oldest !== undefined) this.#served.delete(oldest)
    }
    return served
  }

  /**
   * Notes that the load is about to be stored as `sealed`. Readers may serve exactly this store.
   */
  seal(served: UnsharedLoad, sealed: Buffer): void {
    served.ending = sealed.toString('latin1', sealed.length - CHECKSUM)
  }

  /** Removes the record after Redis has stored the load: the entry there is no longer older. */
  settle(served: UnsharedLoad): void {
    if (this.#served.get(served.id) === served) this.#served.delete(served.id)
  }

  /**
   * Notes that Redis confirmed the eviction `issue` of a key. Entries there are newer than earlier
   * loads.
   */
  evicted(id: string, issue: number): void {
    const served = this.#served.get(id)
    if (served !== undefined && served.issue < issue) this.#served.delete(id)
  }

  /**
   * Returns the record of a key. Readers must get it before they read, since it may be settled
   * meanwhile.
   */
  of(id: string): UnsharedLoad | undefined {
    return this.#served.get(id)
  }

  /**
   * Whether a store in Redis may be older than a value that was served in this process.
   *
   * @param before the record of the key when the read of that store began
   */
  mayBeOlder(id: string, stamp: string, before: UnsharedLoad | undefined): boolean {
    return isOther(before, stamp) || isOther(this.#served.get(id), stamp)
  }
}

/** Returns the last bytes of a stamp: the checksum that ends the sealed entry. */
export function endingOf(stamp: string): string {
  return stamp.slice(-CHECKSUM)
}

function isOther(served: UnsharedLoad | undefined, stamp: string): boolean {
  return served !== undefined && (served.ending === undefined || !stamp.endsWith(served.ending))
}
