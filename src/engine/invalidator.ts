import type { Clock } from '../clock.js'
import type { Names } from '../keys/names.js'
import type { InvalidationReply, SharedStore } from '../tiers/shared-store.js'
import type { Background } from './background.js'
import type { Fences } from './fences.js'
import type { Journal, Target } from './journal.js'
import type { Markers } from './markers.js'
import type { Unshared } from './unshared.js'

/** The outcome of an invalidation in Redis. */
export interface Confirmation {
  /** Whether Redis confirmed every target. Without Redis: true. */
  readonly durable: boolean
  /** Number of targets that Redis did not confirm. They are retried until it does. */
  readonly unconfirmed: number
  /** Number of replicas that confirmed; 0 unless `durability` asks for them. */
  readonly replicas: number
}

export interface InvalidatorOptions {
  readonly clock: Clock
  readonly origin: string
  readonly shared: SharedStore | undefined
  /** The same store, which stays reachable while all other requests wait for the replay. */
  readonly duringRecovery: SharedStore | undefined
  readonly names: Names
  readonly markers: Markers
  readonly fences: Fences
  readonly unshared: Unshared
  readonly journal: Journal
  readonly background: Background
  /** Removes a key from memory, given its name in the log. */
  readonly forget: (id: string) => void
  readonly durability: number
  readonly onInvalidated: (targets: readonly Target[], confirmation: Confirmation) => void
}

interface Waiting {
  readonly targets: readonly Target[]
  readonly settle: (reply: InvalidationReply) => void
}

/** Targets per script: enough to coalesce a burst, few enough not to block Redis for long. */
const BATCH = 128
/** Milliseconds between attempts to deliver what Redis did not confirm. */
const RETRY = 100

/** Milliseconds that a marker renewed by an invalidation lives: longer than most entries. */
const MARKERS_LIVE_FOR = 30 * 86_400_000

const DONE: InvalidationReply = { unconfirmed: [], replicas: 0 }

/**
 * Carries out invalidations, in the order that leaves no gap for stale values: break the fences of
 * running operations, remove the values from Redis, break the fences again for operations that read
 * Redis meanwhile, clear memory last, then resolve.
 */
export class Invalidator {
  readonly #options: InvalidatorOptions
  #waiting: Waiting[] = []
  #retrying = false
  #closed = false

  constructor(options: InvalidatorOptions) {
    this.#options = options
  }

  /**
   * Resolves once this process no longer serves values that were loaded before, and Redis has
   * confirmed the targets or they are quarantined and will be retried. Never rejects.
   */
  async invalidate(targets: readonly Target[]): Promise<Confirmation> {
    if (targets.length === 0) return { durable: true, unconfirmed: 0, replicas: 0 }
    const { shared, journal } = this.#options
    this.#break(targets)
    if (shared === undefined) {
      this.#forget(targets)
      return this.#confirm(targets, DONE)
    }
    const issue = journal.issue(targets)
    const reply = await this.#send(targets, shared)
    return this.settle(targets, reply, issue)
  }

  /**
   * Completes an invalidation once Redis has replied: breaks fences and invalidates markers again,
   * clears memory, and reports the outcome. A put calls this directly, because it sends a command
   * of its own.
   *
   * @param issue the number that the journal gave the invalidation
   */
  settle(targets: readonly Target[], reply: InvalidationReply, issue: number): Confirmation {
    this.#apply(targets, reply, issue)
    return this.#confirm(targets, reply)
  }

  #apply(targets: readonly Target[], reply: InvalidationReply, issue: number): void {
    const { journal } = this.#options
    const missing = new Set(reply.unconfirmed)
    if (missing.size === 0) {
      journal.confirm(targets, issue)
    } else {
      journal.confirm(
        targets.filter((target) => !missing.has(target.name)),
        issue,
      )
      journal.quarantine(
        targets.filter((target) => missing.has(target.name)),
        issue,
      )
      this.#retryLater()
    }
    this.#break(targets)
    this.#forget(targets)
    for (const { kind, name } of targets) {
      if (kind === 'key' && !missing.has(name)) this.#options.unshared.evicted(name, issue)
    }
  }

  /**
   * Returns the number of replicas that have what was written to `name`; 0 unless `durability` asks
   * for replicas.
   */
  async replicasOf(name: string): Promise<number> {
    const { shared, durability } = this.#options
    return shared === undefined || durability === 0 ? 0 : shared.replicasOf(name, durability)
  }

  /** Applies invalidations of another process, or of this one before a failover. */
  applyRemote(invalidated: readonly string[]): void {
    const { fences, markers, names, forget } = this.#options
    for (const name of invalidated) {
      if (names.isMarker(name)) {
        markers.invalidate(name, names.isTagMarker(name))
      } else {
        fences.break(name)
        forget(name)
      }
    }
  }

  /**
   * Delivers the invalidations that Redis did not confirm. Resolves with their number when the
   * delivery is done or has failed.
   *
   * @param everything whether Redis may have lost confirmed invalidations as well. Those of the
   *   last minute then count as unconfirmed again, and running loads that hold a lease can no
   *   longer be stored, because the state captured with the lease may be lost too
   */
  async replay(everything: boolean): Promise<number> {
    const { journal, fences, duringRecovery: shared } = this.#options
    if (everything) {
      fences.breakLeased()
      journal.quarantine(journal.recent(), journal.issues)
    }
    const targets = journal.unconfirmed()
    // Without Redis, nothing is ever unconfirmed.
    for (
      let start = 0;
      shared !== undefined && start < targets.length && !this.#closed;
      start += BATCH
    ) {
      const part = targets.slice(start, start + BATCH)
      const issue = journal.issues
      const reply = await this.#deliver(part, shared)
      this.#apply(part, reply, issue)
    }
    return targets.length
  }

  /** Stops all retries. */
  close(): void {
    this.#closed = true
  }

  #break(targets: readonly Target[]): void {
    const { fences, markers } = this.#options
    for (const target of targets) {
      if (target.kind === 'key') fences.break(target.name)
      else markers.invalidate(target.name, target.kind === 'tag')
    }
  }

  #forget(targets: readonly Target[]): void {
    for (const target of targets) if (target.kind === 'key') this.#options.forget(target.name)
  }

  #confirm(targets: readonly Target[], reply: InvalidationReply): Confirmation {
    const unconfirmed = reply.unconfirmed.length
    const confirmation = { durable: unconfirmed === 0, unconfirmed, replicas: reply.replicas }
    this.#options.onInvalidated(targets, confirmation)
    return confirmation
  }

  /**
   * Combines the invalidations of one tick, so that a burst makes a few messages and not thousands.
   */
  #send(targets: readonly Target[], shared: SharedStore): Promise<InvalidationReply> {
    return new Promise((settle) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#flush(shared))
      this.#waiting.push({ targets, settle })
    })
  }

  #flush(shared: SharedStore): void {
    const waiting = this.#waiting
    this.#waiting = []
    const unique = new Map<string, Target>()
    for (const { targets } of waiting) for (const target of targets) unique.set(target.name, target)
    const parts: Promise<InvalidationReply>[] = []
    const all = [...unique.values()]
    for (let start = 0; start < all.length; start += BATCH) {
      parts.push(this.#deliver(all.slice(start, start + BATCH), shared))
    }
    this.#options.background.run('store', this.#settleAll(waiting, parts))
  }

  async #settleAll(
    waiting: readonly Waiting[],
    parts: Promise<InvalidationReply>[],
  ): Promise<void> {
    const replies = await Promise.all(parts)
    const missing = new Set(replies.flatMap((reply) => reply.unconfirmed))
    const replicas = Math.min(...replies.map((reply) => reply.replicas))
    for (const { targets, settle } of waiting) {
      const unconfirmed = targets.filter(({ name }) => missing.has(name)).map(({ name }) => name)
      settle({ unconfirmed, replicas })
    }
  }

  async #deliver(targets: readonly Target[], shared: SharedStore): Promise<InvalidationReply> {
    const { origin, durability } = this.#options
    const named = (kind: Target['kind']): string[] =>
      targets.filter((target) => target.kind === kind).map((target) => target.name)
    try {
      return await shared.invalidate({
        keys: named('key'),
        markers: named('marker'),
        tags: named('tag'),
        markersLiveFor: MARKERS_LIVE_FOR,
        origin,
        durability,
      })
    } catch {
      return { unconfirmed: targets.map((target) => target.name), replicas: 0 }
    }
  }

  #retryLater(): void {
    if (this.#retrying || this.#closed) return
    this.#retrying = true
    const { clock, journal, background } = this.#options
    clock.schedule(RETRY, () => {
      this.#retrying = false
      if (this.#closed || journal.depth === 0) return
      background.run('retry', this.replay(false))
    })
  }
}
