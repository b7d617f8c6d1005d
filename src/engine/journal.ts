import type { Clock } from '../clock.js'

/**
 * One thing to invalidate, by its name in Redis: a key, a tag, or the marker of a namespace, entry
 * or scope.
 */
export interface Target {
  readonly kind: 'key' | 'marker' | 'tag'
  readonly name: string
  /** The namespace marker to renew instead when there are too many targets; undefined for tags. */
  readonly namespace: string | undefined
}

interface Issued {
  readonly target: Target
  readonly issuedAt: number
  /** The number of its last issue that Redis has confirmed; 0 when there is none. */
  confirmed: number
}

interface Quarantined {
  readonly target: Target
  /** The number of its last issue that Redis did not confirm. */
  readonly issue: number
}

/** Milliseconds from its issue for which a confirmed invalidation can still be replayed. */
const REMEMBERED = 60_000

/**
 * Remembers every invalidation of this process for a minute after it is *issued*, because a
 * failover may lose what Redis has confirmed. Those that Redis did not confirm are remembered until
 * it does. Lives as long as the process.
 *
 * Issues are numbered rather than timed, because two of them may happen at the same clock reading.
 */
export class Journal {
  readonly #clock: Clock
  readonly #capacity: number
  /** Oldest first. */
  readonly #recent = new Map<string, Issued>()
  /** Targets that Redis did not confirm when asked. Reads of these bypass Redis. */
  readonly #quarantined = new Map<string, Quarantined>()
  #issues = 0

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock
    this.#capacity = capacity
  }

  /** Number of targets that Redis has not confirmed. */
  get depth(): number {
    return this.#quarantined.size
  }

  /** The number of the last issue. An invalidation sent from now on covers all issues up to it. */
  get issues(): number {
    return this.#issues
  }

  /**
   * Whether an invalidation of `name` is unconfirmed, so that its values in Redis must not be read.
   */
  isQuarantined(name: string): boolean {
    return this.#quarantined.has(name)
  }

  /**
   * Whether Redis has confirmed, within the last minute, an invalidation of `name` that was issued
   * after `issue`.
   */
  isConfirmedSince(name: string, issue: number): boolean {
    const recent = this.#recent.get(name)
    return recent !== undefined && recent.confirmed > issue
  }

  /**
   * Records that `targets` are being invalidated. Returns the number of the issue, for `confirm` or
   * `quarantine`.
   */
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

  /** Records that Redis has confirmed the issues of these targets up to `issue`. */
  confirm(targets: readonly Target[], issue: number): void {
    for (const { name } of targets) {
      const recent = this.#recent.get(name)
      if (recent !== undefined) recent.confirmed = issue
      const quarantined = this.#quarantined.get(name)
      if (quarantined !== undefined && quarantined.issue <= issue) this.#quarantined.delete(name)
    }
  }

  /**
   * Records that Redis did not confirm these targets. Until it does, their values in Redis must not
   * be read.
   */
  quarantine(targets: readonly Target[], issue: number): void {
    for (const target of targets) this.#setApart(target, issue)
    while (this.#quarantined.size > this.#capacity && this.#coverQuarantined());
  }

  /** Returns the targets that Redis has not confirmed, to be sent again. */
  unconfirmed(): Target[] {
    return Array.from(this.#quarantined.values(), ({ target }) => target)
  }

  /** Returns the targets of the last minute, whose invalidations a failover may have lost. */
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

  /**
   * Replaces the oldest target that has a namespace by its whole namespace. If no target has one,
   * drops the oldest, which can then not be replayed.
   */
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
   * Replaces the oldest target that has a namespace by its whole namespace; returns false when no
   * target has one. Tags have none and are never dropped, because an unconfirmed invalidation must
   * be repeated until it is confirmed; so there may be more of them than the capacity.
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

/**
 * Returns the target that covers this one: its namespace. Returns undefined for tags and
 * namespaces.
 */
function coverOf({ name, namespace }: Target): Target | undefined {
  if (namespace === undefined || namespace === name) return undefined
  return { kind: 'marker', name: namespace, namespace }
}
