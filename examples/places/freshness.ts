/**
 * Milliseconds after its acknowledgement for which *another* process (here: the other replica) may
 * miss an update if a connection has died silently. Usually an update arrives within a few
 * milliseconds, and the process that made it sees it at once.
 */
const boundBetweenReplicas = 2_000

interface Acknowledged {
  readonly replica: number
  readonly at: number
}

/**
 * Checks the guarantee on every read: the answer contains every update that was acknowledged before
 * the read began. The rows count their own updates, so an answer that is too old is recognised.
 */
export class Freshness {
  readonly #acknowledged = new Map<string, Acknowledged[]>()
  #checked = 0
  #stale = 0

  get checked(): number {
    return this.#checked
  }

  get stale(): number {
    return this.#stale
  }

  /** Notes that an update of this subject was acknowledged to a caller of this replica. */
  acknowledge(subject: string, replica: number): void {
    const updates = this.#acknowledged.get(subject)
    const update = { replica, at: performance.now() }
    if (updates === undefined) this.#acknowledged.set(subject, [update])
    else updates.push(update)
  }

  /** Resets the counts; acknowledged updates stay acknowledged. */
  restartCounting(): void {
    this.#checked = 0
    this.#stale = 0
  }

  /** Called when a read begins. Returns the lowest revision that its answer may have. */
  dueRevision(subject: string, replica: number): number {
    const now = performance.now()
    const updates = this.#acknowledged.get(subject) ?? []
    return updates.filter(
      (update) => update.replica === replica || now - update.at > boundBetweenReplicas,
    ).length
  }

  /** Called when the read has its answer. */
  check(revision: number, dueRevision: number): void {
    this.#checked++
    if (revision < dueRevision) this.#stale++
  }
}
