/**
 * Judges what several processes have seen of one database through their caches, by nothing but
 * instants and versions, as Meta's Polaris does ("Cache made consistent", Engineering at Meta, 2022).
 * All instants are milliseconds of one monotonic clock that all processes share.
 */

/** A read of one key that brought a version of its row. */
export interface ReadEvent {
  readonly process: number
  readonly start: number
  readonly end: number
  readonly key: number
  readonly version: number
  /** Which load or put the value came from. */
  readonly load: number
  /** Whether it was promised what is current everywhere, or what is within the bound elsewhere. */
  readonly isStrict: boolean
}

/** A load or put of one key: what it brought was read from the database within this time. */
export interface LoadEvent {
  readonly load: number
  readonly start: number
  readonly end: number
}

/** An invalidation of one key: who reads after it gets at least `version`. */
export interface InvalidationEvent {
  readonly process: number
  readonly end: number
  readonly key: number
  /** The version that was committed before it was issued. */
  readonly version: number
  /** Whether Redis confirmed it. If not, only the process that issued it is promised anything. */
  readonly isConfirmed: boolean
}

export type ViolationKind =
  /** A strict read brought less than was invalidated before it began. */
  | 'strict'
  /** A read in the process that had invalidated brought less. */
  | 'own'
  /** A read in another process brought less when the bound was over. */
  | 'bounded'
  /**
   * A process that had read a version read an older one afterwards, whose load had ended before the
   * load of the newer one began.
   */
  | 'backwards'

export interface Violation {
  readonly kind: ViolationKind
  readonly read: ReadEvent
  /** What it should have seen at least. */
  readonly expected: number
  /** Milliseconds between the end of the invalidation, or of the earlier read, and the start of the read. */
  readonly lag: number
}

export interface HistoryReport {
  readonly reads: number
  readonly invalidations: number
  /** By kind; none that has not occurred. */
  readonly counts: Readonly<Partial<Record<ViolationKind, number>>>
  /** The first of them. */
  readonly violations: readonly Violation[]
  /**
   * How many reads brought an older version than one before them whose load ran at the same time:
   * only the database knows which of the two loads read the row first.
   */
  readonly overlaps: number
  /** How many bounded reads in other processes lagged by more than so many milliseconds. */
  readonly laggards: Readonly<Record<'0' | '250' | '1000' | '2000' | '10000', number>>
  /** The longest lag of them. */
  readonly longestLag: number
}

/** Violations that are kept to be shown; all of them are too many when something is quite wrong. */
const SHOWN = 20

export class HistoryChecker {
  readonly #bound: number
  readonly #invalidations = new Map<number, InvalidationEvent[]>()
  /** By process and key: the first read of each load that brought no less than all before it. */
  readonly #seen = new Map<string, ReadEvent[]>()
  readonly #loads = new Map<number, LoadEvent>()
  readonly #laggards = { '0': 0, '250': 0, '1000': 0, '2000': 0, '10000': 0 }
  readonly #counts: Partial<Record<ViolationKind, number>> = {}
  readonly #violations: Violation[] = []
  #reads = 0
  #count = 0
  #overlaps = 0
  #longestLag = 0

  /** @param bound for how long, in milliseconds, other processes' memory may lag behind */
  constructor(bound: number) {
    this.#bound = bound
  }

  /** To be told before any read that began after its end, or while it was under way. */
  invalidated(event: InvalidationEvent): void {
    this.#count += 1
    const events = this.#invalidations.get(event.key)
    if (events === undefined) this.#invalidations.set(event.key, [event])
    else {
      events.push(event)
      // Youngest version last; they come nearly in order.
      for (
        let at = events.length - 1;
        at > 0 && versionAt(events, at - 1) > event.version;
        at -= 1
      ) {
        swap(events, at)
      }
    }
  }

  /** To be told before any read that brought its value. */
  loaded(event: LoadEvent): void {
    this.#loads.set(event.load, event)
  }

  /** To be told in the order in which the reads of a process ended. */
  read(event: ReadEvent): void {
    this.#reads += 1
    this.#checkInvalidations(event)
    this.#checkBackwards(event)
  }

  report(): HistoryReport {
    return {
      reads: this.#reads,
      invalidations: this.#count,
      counts: { ...this.#counts },
      violations: [...this.#violations],
      overlaps: this.#overlaps,
      laggards: { ...this.#laggards },
      longestLag: this.#longestLag,
    }
  }

  #checkInvalidations(read: ReadEvent): void {
    const events = this.#invalidations.get(read.key) ?? []
    let elsewhere = 0
    for (let at = events.length - 1; at >= 0; at -= 1) {
      const event = events[at]
      if (event === undefined || event.version <= read.version) break
      const lag = read.start - event.end
      if (lag <= 0) continue
      const isOwn = event.process === read.process
      if (isOwn) this.#violate('own', read, event.version, lag)
      else if (event.isConfirmed && read.isStrict) this.#violate('strict', read, event.version, lag)
      else if (event.isConfirmed) {
        elsewhere = Math.max(elsewhere, lag)
        if (lag > this.#bound) this.#violate('bounded', read, event.version, lag)
      }
    }
    for (const limit of ['0', '250', '1000', '2000', '10000'] as const) {
      if (elsewhere > Number(limit)) this.#laggards[limit] += 1
    }
    this.#longestLag = Math.max(this.#longestLag, elsewhere)
  }

  #checkBackwards(read: ReadEvent): void {
    const name = `${read.process}:${read.key}`
    const seen = this.#seen.get(name) ?? []
    if (seen.length === 0) this.#seen.set(name, seen)
    let overlaps = 0
    for (let at = seen.length - 1; at >= 0; at -= 1) {
      const earlier = seen[at]
      if (earlier === undefined || earlier.version <= read.version) break
      if (earlier.end >= read.start) continue
      if (!this.#overlap(read, earlier)) {
        this.#violate('backwards', read, earlier.version, read.start - earlier.end)
        return
      }
      overlaps = 1
    }
    this.#overlaps += overlaps
    const last = seen.at(-1)
    const isNew = last === undefined || last.load !== read.load
    if (isNew && read.version >= (last?.version ?? 0)) seen.push(read)
  }

  /** Whether what the older read brought was still being loaded when the load of the newer one began. */
  #overlap(older: ReadEvent, newer: ReadEvent): boolean {
    const [before, after] = [this.#loads.get(older.load), this.#loads.get(newer.load)]
    return before !== undefined && after !== undefined && before.end > after.start
  }

  #violate(kind: ViolationKind, read: ReadEvent, expected: number, lag: number): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1
    if (this.#violations.length < SHOWN) this.#violations.push({ kind, read, expected, lag })
  }
}

function versionAt(events: readonly InvalidationEvent[], at: number): number {
  return events[at]?.version ?? 0
}

function swap(events: InvalidationEvent[], at: number): void {
  const [before, after] = [events[at - 1], events[at]]
  if (before === undefined || after === undefined) return
  events[at - 1] = after
  events[at] = before
}
