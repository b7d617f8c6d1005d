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
  /** Whether it was promised what is current everywhere, or what is within the bound elsewhere. */
  readonly isStrict: boolean
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
   * A process that had read a version read an older one afterwards, though no invalidation of what
   * was newer was under way, or had gone unconfirmed.
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
  /** How many bounded reads in other processes lagged by more than so many milliseconds. */
  readonly laggards: Readonly<Record<'0' | '250' | '1000' | '2000' | '10000', number>>
  /** The longest lag of them. */
  readonly longestLag: number
}

interface Seen {
  readonly end: number
  readonly version: number
}

/** Violations that are kept to be shown; all of them are too many when something is quite wrong. */
const SHOWN = 20

export class HistoryChecker {
  readonly #bound: number
  readonly #invalidations = new Map<number, InvalidationEvent[]>()
  /** By process and key: whenever a read brought more than all before it. */
  readonly #seen = new Map<string, Seen[]>()
  readonly #laggards = { '0': 0, '250': 0, '1000': 0, '2000': 0, '10000': 0 }
  readonly #counts: Partial<Record<ViolationKind, number>> = {}
  readonly #violations: Violation[] = []
  #reads = 0
  #count = 0
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
    for (let at = seen.length - 1; at >= 0; at -= 1) {
      const earlier = seen[at]
      if (earlier === undefined || earlier.version <= read.version) break
      if (earlier.end < read.start) {
        if (this.#isUnsettled(read)) break
        this.#violate('backwards', read, earlier.version, read.start - earlier.end)
        break
      }
    }
    if ((seen.at(-1)?.version ?? -1) < read.version) seen.push(read)
  }

  /** Whether something newer was committed whose invalidation nobody had been told of yet. */
  #isUnsettled(read: ReadEvent): boolean {
    return (this.#invalidations.get(read.key) ?? []).some(
      ({ version, isConfirmed, end }) =>
        version > read.version && (!isConfirmed || end >= read.start),
    )
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
