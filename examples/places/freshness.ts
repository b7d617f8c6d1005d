/**
 * How long after its acknowledgement an update may still be unseen by *another* process (here: by
 * the other replica) when a link has died without a word; usually it takes a few milliseconds. In
 * the process that made the update there is no such time at all.
 */
const boundBetweenReplicas = 2_000

interface Acknowledged {
  readonly replica: number
  readonly at: number
}

/**
 * Checks the promise on every read: what was acknowledged before the read began is in its answer.
 * The rows count their own updates, so an answer that is too old gives itself away.
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

  /** Begins to count anew; what was acknowledged stays acknowledged. */
  restartCounting(): void {
    this.#checked = 0
    this.#stale = 0
  }

  /** Called when a read begins: the revision that its answer has to have at least. */
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
