/** The value that the model's database holds for a key: which version of the row it is. */
export interface Row {
  readonly key: string
  readonly version: number
  /** For whom it was read: a scope, under a version of the code. Nobody else may get it. */
  readonly owner: string
  /** Which load, or which change, made it: its place in the order of these. */
  readonly source: number
}

export interface ReadRecord {
  readonly kind: string
  readonly process: number
  readonly key: string
  readonly owner: string
  readonly isStrict: boolean
  /** Redis names that stand for this read: key, namespace, entry, scope. */
  readonly names: readonly string[]
  readonly begunAt: number
  readonly begun: number
}

export interface InvalidationRecord {
  readonly kind: string
  readonly process: number
  readonly names: ReadonlySet<string>
  /** The version of each row it concerns when it was issued: nothing older may be read after it. */
  readonly floors: ReadonlyMap<string, number>
  readonly issued: number
  /** When it was acknowledged, for everybody in this process. */
  acknowledged: number
  /** When it was acknowledged for other processes; Infinity while Redis has not confirmed it. */
  durable: number
  durableAt: number
}

interface Load {
  readonly source: number
  readonly keys: readonly string[]
  readonly begun: number
  ended: number
}

interface Message {
  readonly process: number
  readonly names: ReadonlySet<string>
  readonly published: number
  /** When it reached each process. */
  readonly delivered: Map<number, number>
}

export interface HistoryOptions {
  /** Milliseconds that other processes' memory may lag behind. */
  readonly bound: number
  readonly now: () => number
  readonly tagNamesOf: (row: Row) => readonly string[]
}

/**
 * What happened, in one order, and what may not happen: a read that starts after an invalidation was
 * acknowledged returns a row that is older than the row was when that invalidation was issued.
 */
export class History {
  invalidations: InvalidationRecord[] = []
  readonly violations: string[] = []
  readonly #options: HistoryOptions
  readonly #loads: Load[] = []
  /** The rows that were served, by process and key, when that read had ended. */
  readonly #served = new Map<string, { readonly row: Row; readonly ended: number }[]>()
  readonly #messages = new Map<string, Message>()
  readonly #lines: string[] = []
  #sequence = 0
  /** When a failover may last have lost what was stored before. */
  #lostUntil = 0
  #isAtRest = false

  constructor(options: HistoryOptions) {
    this.#options = options
  }

  /** The next moment in the order of everything. */
  next(): number {
    this.#sequence += 1
    return this.#sequence
  }

  note(line: string): void {
    this.#lines.push(`${this.#sequence} @${Math.round(this.#options.now())} ${line}`)
  }

  loadBegins(keys: readonly string[]): Load {
    const load = { source: this.#loads.length, keys, begun: this.next(), ended: Infinity }
    this.#loads.push(load)
    return load
  }

  published(token: string, process: number, names: readonly string[]): void {
    const message = { process, names: new Set(names), published: this.next(), delivered: new Map() }
    this.#messages.set(token, message)
  }

  delivered(token: string, process: number): void {
    this.#messages.get(token)?.delivered.set(process, this.next())
    this.note(`p${process} hears ${[...(this.#messages.get(token)?.names ?? [])].join(' ')}`)
  }

  invalidationBegins(
    about: Pick<InvalidationRecord, 'kind' | 'process' | 'names' | 'floors'>,
  ): InvalidationRecord {
    const issued = this.next()
    const record = {
      ...about,
      issued,
      acknowledged: Infinity,
      durable: Infinity,
      durableAt: Infinity,
    }
    this.invalidations.push(record)
    this.note(`p${about.process} ${about.kind} issued, floors ${describe(about.floors)}`)
    return record
  }

  invalidationEnds(record: InvalidationRecord, isDurable: boolean): void {
    record.acknowledged = this.next()
    this.note(
      `p${record.process} ${record.kind} of ${record.issued} ${isDurable ? 'durable' : 'unconfirmed'}`,
    )
    if (isDurable) this.#confirmed(record)
  }

  /** What was confirmed may be lost, so nobody but who issued it may count on it. */
  suspend(): InvalidationRecord[] {
    const suspended = this.invalidations.filter(({ durable }) => durable !== Infinity)
    // Also what was stored may be lost, and what it had replaced be there again.
    this.#served.clear()
    this.#lostUntil = this.next()
    for (const record of suspended) record.durable = Infinity
    return suspended
  }

  /** Nothing is promised about it. */
  forget(record: InvalidationRecord): void {
    this.invalidations = this.invalidations.filter((each) => each !== record)
  }

  /** It was carried out again. */
  reinstate(record: InvalidationRecord): void {
    this.next()
    this.#confirmed(record)
  }

  /** Nothing is under way any more, and everybody has heard of everything. */
  rest(): void {
    this.#isAtRest = true
    for (const record of this.invalidations) {
      if (record.acknowledged === Infinity) record.acknowledged = this.next()
      if (record.durable === Infinity) this.reinstate(record)
    }
  }

  readBegins(about: Omit<ReadRecord, 'begun' | 'begunAt'>): ReadRecord {
    const record = { ...about, begun: this.next(), begunAt: this.#options.now() }
    this.note(`p${about.process} ${about.kind} ${about.key} begins ${record.begun}`)
    return record
  }

  readEnds(read: ReadRecord, row: Row): void {
    this.next()
    this.note(`p${read.process} ${read.kind} of ${read.begun} gets ${row.key}${row.version}`)
    if (row.key !== read.key || row.owner !== read.owner) {
      this.#violated(read, row, `it is another row, of ${row.owner}`)
    }
    this.#checkBackwards(read, row)
    for (const invalidation of this.invalidations) {
      const floor = invalidation.floors.get(row.key)
      if (floor === undefined || row.version >= floor) continue
      const names = this.#shared(invalidation, read, row)
      if (names.length > 0 && this.#binds(invalidation, read, names)) {
        this.#violated(read, row, `below ${floor} of the invalidation ${invalidation.issued}`)
      }
    }
  }

  /** No process goes back: not even before the change between the two was invalidated. */
  #checkBackwards(read: ReadRecord, row: Row): void {
    if (read.kind === 'read in unit') return
    const place = `${read.process} ${read.owner} ${row.key}`
    const served = this.#served.get(place) ?? []
    this.#served.set(place, served)
    const newer = served.find(
      (each) =>
        each.row.version > row.version &&
        each.ended < read.begun &&
        !this.#mayBeLost(each.row.source) &&
        !this.#overlap(row.source, each.row.source),
    )
    served.push({ row, ended: this.#sequence })
    if (newer !== undefined) {
      this.#violated(read, row, `the process had served ${newer.row.version} at ${newer.ended}`)
    }
  }

  /** Whether its store may be lost, though processes still serve it out of their memory. */
  #mayBeLost(source: number): boolean {
    return (this.#loads[source]?.ended ?? Infinity) < this.#lostUntil
  }

  /**
   * Whether nobody can know which of two rows is the later one: their loads ran at the same time, or
   * one of them was put, while somebody else may have changed the row again.
   */
  #overlap(older: number, newer: number): boolean {
    const [before, after] = [this.#loads[older], this.#loads[newer]]
    return before === undefined || after === undefined || before.ended > after.begun
  }

  /** Whether an invalidation was under way while a load of the same row was. */
  get hasCrossing(): boolean {
    return this.#loads.some((load) =>
      this.invalidations.some(
        ({ floors, issued, acknowledged }) =>
          load.keys.some((key) => floors.has(key)) &&
          load.begun < acknowledged &&
          load.ended > issued,
      ),
    )
  }

  get loads(): number {
    return this.#loads.length
  }

  toString(): string {
    return this.#lines.join('\n')
  }

  #confirmed(record: InvalidationRecord): void {
    record.durable = this.#sequence
    record.durableAt = this.#options.now()
  }

  /** The names by which an invalidation concerns a read that got `row`. */
  #shared(invalidation: InvalidationRecord, read: ReadRecord, row: Row): string[] {
    const names = [...read.names, ...this.#options.tagNamesOf(row)]
    return names.filter((name) => invalidation.names.has(name))
  }

  /** Whether `read` started after the invalidation was acknowledged for its process. */
  #binds(invalidation: InvalidationRecord, read: ReadRecord, names: readonly string[]): boolean {
    if (invalidation.process === read.process) return invalidation.acknowledged < read.begun
    if (invalidation.durable >= read.begun) return false
    if (read.isStrict || this.#isAtRest) return true
    if (invalidation.durableAt + this.#options.bound < read.begunAt) return true
    return this.#hasHeard(invalidation, read, names)
  }

  /** Whether the reader's process had got the last message of it before the read began. */
  #hasHeard(invalidation: InvalidationRecord, read: ReadRecord, names: readonly string[]): boolean {
    let last: Message | undefined
    for (const message of this.#messages.values()) {
      const isOfIt =
        message.process === invalidation.process &&
        message.published < invalidation.durable &&
        names.some((name) => message.names.has(name))
      if (isOfIt) last = message
    }
    return (last?.delivered.get(read.process) ?? Infinity) < read.begun
  }

  #violated(read: ReadRecord, row: Row, why: string): void {
    const text = `p${read.process} ${read.kind} begun ${read.begun} got ${row.key}${row.version}: ${why}`
    this.note(`VIOLATION ${text}`)
    this.violations.push(text)
  }
}

function describe(floors: ReadonlyMap<string, number>): string {
  return Array.from(floors, ([key, version]) => `${key}${version}`).join(' ')
}
