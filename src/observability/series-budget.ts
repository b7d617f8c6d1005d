/**
 * Decides which groups get their own series. A decision is final, because a series must not
 * disappear.
 */
export class SeriesBudget {
  readonly #decided = new Map<string, boolean>()
  #room: number

  /** @param room the maximum number of series */
  constructor(room: number) {
    this.#room = room
  }

  /** Whether the group of this name gets this many series. The answer never changes. */
  admits(group: string, series: number): boolean {
    const decided = this.#decided.get(group)
    if (decided !== undefined) return decided
    const isAdmitted = series <= this.#room
    if (isAdmitted) this.#room -= series
    // Keep refusals as well: a group that left the shared sum would make that sum fall.
    this.#decided.set(group, isAdmitted)
    return isAdmitted
  }
}
