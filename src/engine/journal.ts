import type { Clock } from '../clock.js'

/** One thing to invalidate, as Redis knows it. */
export interface Target {
  readonly kind: 'key' | 'marker' | 'tag'
  readonly name: string
  /** The namespace marker to renew instead when there are too many targets; undefined for tags. */
  readonly namespace: string | undefined
}

interface Record {
  readonly target: Target
  issuedAt: number
  confirmed: boolean
}

/** For how long a confirmed invalidation can still be replayed. Milliseconds. */
const REMEMBERED = 60_000

/**
 * Every invalidation this process issued: remembered when it is *issued*, not when it is confirmed,
 * until Redis has confirmed it and for a minute after, because a failover may lose what was
 * confirmed. Lives as long as the process does.
 */
export class Journal {
  readonly #clock: Clock
  readonly #capacity: number
  /** Oldest first. */
  readonly #records = new Map<string, Record>()
  /** Targets that Redis did not confirm when it was asked: reads go past it for these. */
  readonly #quarantined = new Map<string, Target>()

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock
    this.#capacity = capacity
  }

  /** How many targets Redis has not confirmed. */
  get depth(): number {
    return this.#quarantined.size
  }

  isQuarantined(name: string): boolean {
    return this.#quarantined.has(name)
  }

  issue(targets: readonly Target[]): void {
    const issuedAt = this.#clock.now()
    for (const target of targets) {
      this.#records.delete(target.name)
      this.#records.set(target.name, { target, issuedAt, confirmed: false })
    }
    this.#forgetOld(issuedAt)
    while (this.#records.size > this.#capacity) this.#merge()
  }

  /** Redis has done it. A target issued again since `issuedBefore` stays unconfirmed. */
  confirm(targets: readonly Target[], issuedBefore: number): void {
    for (const { name } of targets) {
      const record = this.#records.get(name)
      if (record !== undefined && record.issuedAt > issuedBefore) continue
      if (record !== undefined) record.confirmed = true
      this.#quarantined.delete(name)
    }
  }

  /** Redis did not confirm it. Until it does, nothing of it may be read there. */
  quarantine(targets: readonly Target[]): void {
    for (const target of targets) this.#quarantined.set(target.name, target)
    while (this.#quarantined.size > this.#capacity) this.#merge()
  }

  unconfirmed(): Target[] {
    return [...this.#quarantined.values()]
  }

  /** All that a failover may have lost. */
  recent(): Target[] {
    this.#forgetOld(this.#clock.now())
    return [...this.#records.values()].map((record) => record.target)
  }

  #forgetOld(now: number): void {
    for (const [name, record] of this.#records) {
      if (now - record.issuedAt < REMEMBERED) return
      if (record.confirmed) this.#records.delete(name)
      // An unconfirmed one stays; it is in quarantine and will be issued again.
      else if (!this.#quarantined.has(name)) this.#records.delete(name)
    }
  }

  /** Makes room: the oldest key is covered by its whole namespace from now on. */
  #merge(): void {
    const source = this.#records.size > this.#capacity ? this.#records : this.#quarantined
    for (const [name, value] of source) {
      const target = 'target' in value ? value.target : value
      if (target.kind === 'key' && target.namespace !== undefined) {
        this.#replaceByNamespace(name, target.namespace)
        return
      }
    }
    // Nothing but markers and tags, which are few by nature: the oldest goes.
    const oldest = source.keys().next().value
    if (oldest !== undefined) this.#remove(oldest)
  }

  #replaceByNamespace(name: string, namespace: string): void {
    const wasQuarantined = this.#quarantined.has(name)
    const issuedAt = this.#records.get(name)?.issuedAt ?? this.#clock.now()
    this.#remove(name)
    const target: Target = { kind: 'marker', name: namespace, namespace }
    const present = this.#records.get(namespace)
    if (present === undefined) {
      this.#records.set(namespace, { target, issuedAt, confirmed: !wasQuarantined })
    } else {
      present.issuedAt = Math.max(present.issuedAt, issuedAt)
    }
    if (wasQuarantined) this.#quarantined.set(namespace, target)
  }

  #remove(name: string): void {
    this.#records.delete(name)
    this.#quarantined.delete(name)
  }
}
