/** Decides who may have series of its own, once and for all: a series that is there never goes. */
export class SeriesBudget {
  readonly #decided = new Map<string, boolean>()
  #room: number

  /** @param room how many series there may be */
  constructor(room: number) {
    this.#room = room
  }

  /** Whether the group of this name may have so many series. The answer is the same ever after. */
  admits(group: string, series: number): boolean {
    const decided = this.#decided.get(group)
    if (decided !== undefined) return decided
    const isAdmitted = series <= this.#room
    if (isAdmitted) this.#room -= series
    // A refusal stays too: what once was part of a sum cannot leave it, or the sum would fall.
    this.#decided.set(group, isAdmitted)
    return isAdmitted
  }
}
