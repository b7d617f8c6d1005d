/** The last load of a key that was served, and is not known to be in Redis. */
export interface UnsharedLoad {
  readonly id: string
  /** The last invalidation that this process had issued when its method was called. */
  readonly issue: number
  /** With what bytes its own store ends; undefined when there is none, or not yet. */
  ending: string | undefined
}

/** Keys remembered: those of an outage are many, and only the last of them are told apart. */
const CAPACITY = 20_000
/** Bytes of the checksum with which a sealed entry, and the stamp of its store, end. */
const CHECKSUM = 8

/**
 * The keys whose last load was served to callers here and is not known to be in Redis, because the
 * store is on its way, or Redis gave no answer. What Redis has of such a key may be older than what
 * this process has served: it is not believed, and replaced by the next load that gets the lease.
 * Without this a process could go back to an older row until the newer one is invalidated.
 */
export class Unshared {
  /** Oldest first. */
  readonly #served = new Map<string, UnsharedLoad>()

  /**
   * A load is served.
   *
   * @param issue the last invalidation that this process had issued when its method was called
   * @param isEvicted whether Redis has evicted the key since: what is there began later, so that nothing
   *   is to be remembered
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

  /** It is about to be stored as `sealed`: whoever finds just that in Redis may believe it. */
  seal(served: UnsharedLoad, sealed: Buffer): void {
    served.ending = sealed.toString('latin1', sealed.length - CHECKSUM)
  }

  /** Redis has stored it: what is there is no older. */
  settle(served: UnsharedLoad): void {
    if (this.#served.get(served.id) === served) this.#served.delete(served.id)
  }

  /** The key was evicted in Redis by this issue: what is there now began later than what was served before. */
  evicted(id: string, issue: number): void {
    const served = this.#served.get(id)
    if (served !== undefined && served.issue < issue) this.#served.delete(id)
  }

  /** What is noted of a key. Whoever reads it asks before, since it may be settled meanwhile. */
  of(id: string): UnsharedLoad | undefined {
    return this.#served.get(id)
  }

  /**
   * Whether a store in Redis may be older than what was served here.
   *
   * @param before what was noted of the key when the read began that brought it
   */
  mayBeOlder(id: string, stamp: string, before: UnsharedLoad | undefined): boolean {
    return isOther(before, stamp) || isOther(this.#served.get(id), stamp)
  }
}

/** The last bytes of the store that a stamp names: the checksum that the sealed entry ends with. */
export function endingOf(stamp: string): string {
  return stamp.slice(-CHECKSUM)
}

function isOther(served: UnsharedLoad | undefined, stamp: string): boolean {
  return served !== undefined && (served.ending === undefined || !stamp.endsWith(served.ending))
}
