import type { Clock } from '../clock.js'

/** One thing to invalidate by its name in Redis: a key, a tag, or the marker of a namespace, entry or scope. */
export interface Target {
  readonly kind: 'key' | 'marker' | 'tag'
  readonly name: string
  /** The namespace marker to renew instead when there are too many targets; undefined for tags. */
  readonly namespace: string | undefined
}

interface Issued {
  readonly target: Target
  readonly issuedAt: number
  /** The last issue of it that Redis has confirmed; 0 for none. */
  confirmed: number
}

interface Quarantined {
  readonly target: Target
  /** The last issue of it that was not confirmed. */
  readonly issue: number
}

/** For how long a confirmed invalidation can still be replayed. Milliseconds. */
const REMEMBERED = 60_000

/**
 * Every invalidation this process issued: remembered when it is *issued*, not when it is confirmed,
 * until Redis has confirmed it and for a minute after, because a failover may lose what was
 * confirmed. Lives as long as the process does.
 *
 * Issues are counted, and not timed: two of them may fall on one instant of the clock.
 */
export class Journal {
  readonly #clock: Clock
  readonly #capacity: number
  /** Oldest first. */
  readonly #recent = new Map<string, Issued>()
  /** Targets that Redis did not confirm when it was asked: reads go past it for these. */
  readonly #quarantined = new Map<string, Quarantined>()
  #issues = 0

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock
    this.#capacity = capacity
  }

  /** How many targets Redis has not confirmed. */
  get depth(): number {
    return this.#quarantined.size
  }

  /** The number of the last issue: what is sent from now on covers all up to it. */
  get issues(): number {
    return this.#issues
  }

  /** Whether an invalidation of it waits to be confirmed: what Redis has of it must not be read. */
  isQuarantined(name: string): boolean {
    return this.#quarantined.has(name)
  }

  /** Whether Redis has confirmed, within the last minute, an invalidation of `name` that was issued after `issue`. */
  isConfirmedSince(name: string, issue: number): boolean {
    const recent = this.#recent.get(name)
    return recent !== undefined && recent.confirmed > issue
  }

  /** Returns the number of this issue, for `confirm` or `quarantine`. */
  issue(targets: readonly Target[]): number {
    const issuedAt = this.#clock.now()
    this.#issues++
    for (const target of targets) {
      this.#recent.delete(target.name)
      this.#recent.set(target.name, { target, issuedAt, confirmed: 0 })
    }
    this.#forgetOld(issuedAt)
    while (this.#recent.size > this.#capacity) this.#shortenRecent()
    return this.#issues
  }

  /** Redis has done all of it that was issued up to `issue`. */
  confirm(targets: readonly Target[], issue: number): void {
    for (const { name } of targets) {
      const recent = this.#recent.get(name)
      if (recent !== undefined) recent.confirmed = issue
      const quarantined = this.#quarantined.get(name)
      if (quarantined !== undefined && quarantined.issue <= issue) this.#quarantined.delete(name)
    }
  }

  /** Redis did not confirm it. Until it does, nothing of it may be read there. */
  quarantine(targets: readonly Target[], issue: number): void {
    for (const target of targets) this.#setApart(target, issue)
    while (this.#quarantined.size > this.#capacity && this.#coverQuarantined());
  }

  /** What Redis has not confirmed, to be sent once more. */
  unconfirmed(): Target[] {
    return Array.from(this.#quarantined.values(), ({ target }) => target)
  }

  /** All that a failover may have lost. */
  recent(): Target[] {
    this.#forgetOld(this.#clock.now())
    return Array.from(this.#recent.values(), ({ target }) => target)
  }

  #setApart(target: Target, issue: number): void {
    const present = this.#quarantined.get(target.name)
    const last = Math.max(issue, present?.issue ?? 0)
    this.#quarantined.set(target.name, { target, issue: last })
  }

  #forgetOld(now: number): void {
    for (const [name, { issuedAt }] of this.#recent) {
      if (now - issuedAt < REMEMBERED) return
      this.#recent.delete(name)
    }
  }

  /** The oldest is covered by its whole namespace from now on; what has none is not replayed. */
  #shortenRecent(): void {
    for (const [name, { target, issuedAt }] of this.#recent) {
      const cover = coverOf(target)
      if (cover === undefined) continue
      this.#recent.delete(name)
      const present = this.#recent.get(cover.name)
      this.#recent.set(cover.name, present ?? { target: cover, issuedAt, confirmed: 0 })
      return
    }
    const oldest = this.#recent.keys().next().value
    if (oldest !== undefined) this.#recent.delete(oldest)
  }

  /**
   * The oldest that has a namespace is covered by all of it. Tags have none and are never dropped,
   * since what is not confirmed must be repeated until it is: so they may be more than the capacity.
   */
  #coverQuarantined(): boolean {
    for (const [name, { target, issue }] of this.#quarantined) {
      const cover = coverOf(target)
      if (cover === undefined) continue
      this.#quarantined.delete(name)
      this.#setApart(cover, issue)
      return true
    }
    return false
  }
}

/** What covers a target and more: its namespace; undefined for tags and for namespaces themselves. */
function coverOf({ name, namespace }: Target): Target | undefined {
  if (namespace === undefined || namespace === name) return undefined
  return { kind: 'marker', name: namespace, namespace }
}
