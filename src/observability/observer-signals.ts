import type { Clock } from '../clock.js'
import type { Confirmation } from '../engine/invalidator.js'
import type { Target } from '../engine/journal.js'
import type { ConnectionEvent } from '../redis/connection-event.js'
import type { EntryCounters } from './entry-counters.js'
import type { CacheLogger } from './logger.js'
import type { CacheObserver, WarningEvent } from './observer.js'
import type { CallOutcome, Signals } from './signals.js'

/** Milliseconds between two lines of one cause. */
const QUIET = 10_000

/** Tells observer and logger what happened, and lets nothing of theirs reach the engine. */
export class ObserverSignals implements Signals {
  readonly isObserved: boolean
  readonly #observer: CacheObserver
  readonly #logger: CacheLogger | undefined
  readonly #clock: Clock
  readonly #said = new Map<string, number>()
  #observerFailed = false

  constructor(observer: CacheObserver | undefined, logger: CacheLogger | undefined, clock: Clock) {
    this.isObserved = observer?.onCall !== undefined
    this.#observer = observer ?? {}
    this.#logger = logger
    this.#clock = clock
  }

  answered({ namespace, entry }: EntryCounters, outcome: CallOutcome, milliseconds: number): void {
    if (!this.isObserved) return
    this.#guard(() => this.#observer.onCall?.({ namespace, entry, outcome, milliseconds }))
  }

  loaded({ namespace, entry }: EntryCounters, milliseconds: number): void {
    if (this.#observer.onLoad === undefined) return
    this.#guard(() => this.#observer.onLoad?.({ namespace, entry, milliseconds, failed: false }))
  }

  loadFailed({ namespace, entry }: EntryCounters, milliseconds: number): void {
    if (this.#observer.onLoad === undefined) return
    this.#guard(() => this.#observer.onLoad?.({ namespace, entry, milliseconds, failed: true }))
  }

  unreadable({ namespace, entry }: EntryCounters, reason: string): void {
    const message = `an entry in Redis could not be used: ${reason}`
    this.#warn('unreadable-entry', `${namespace}/${entry}`, message)
  }

  notCacheable(label: string, path: string, reason: string): void {
    this.#warnOnce('not-cacheable', label, `${path} cannot be stored (${reason}); it is returned and not cached`)
  }

  notKeyable(label: string, path: string, reason: string): void {
    const message = `${path} cannot be part of a key (${reason}); the call passes by the cache. Give it a \`key\``
    this.#warnOnce('not-keyable', label, message)
  }

  callbackFailed(label: string): void {
    this.#warnOnce('callback-failed', label, 'a callback of its cache options threw; the cache is passed by')
  }

  invalidated(targets: readonly Target[], { durable }: Confirmation): void {
    if (this.#observer.onInvalidation === undefined) return
    const count = (kind: Target['kind']): number =>
      targets.filter((target) => target.kind === kind).length
    const event = { keys: count('key'), markers: count('marker'), tags: count('tag'), durable }
    this.#guard(() => this.#observer.onInvalidation?.(event))
  }

  connection(event: ConnectionEvent): void {
    this.#guard(() => this.#observer.onConnection?.(event))
    this.#guard(() => {
      if (event.kind === 'ready') this.#logger?.info(event.message)
      else this.#logger?.warn(event.message)
    })
  }

  backgroundFailed(reason: string): void {
    this.#warn('background-failed', reason, 'background work failed; it is tried again when it is next needed')
  }

  logInterrupted(reason: string): void {
    if (reason === 'attached') return
    this.#warn('log-interrupted', 'invalidation log', `${reason}; memory was dropped`)
  }

  /** At most one line per cause and label every ten seconds. */
  #warn(cause: WarningEvent['cause'], label: string, message: string): void {
    const id = `${cause} ${label}`
    const now = this.#clock.now()
    if (now - (this.#said.get(id) ?? Number.NEGATIVE_INFINITY) < QUIET) return
    this.#said.set(id, now)
    this.#say({ cause, label, message })
  }

  #warnOnce(cause: WarningEvent['cause'], label: string, message: string): void {
    const id = `${cause} ${label} ${message}`
    if (this.#said.has(id)) return
    this.#said.set(id, Number.POSITIVE_INFINITY)
    this.#say({ cause, label, message })
  }

  #say(event: WarningEvent): void {
    this.#guard(() => this.#observer.onWarning?.(event))
    this.#guard(() => this.#logger?.warn(`cachewright: ${event.label}: ${event.message}`))
  }

  #guard(tell: () => void): void {
    try {
      tell()
    } catch {
      if (this.#observerFailed) return
      this.#observerFailed = true
      this.#say({
        cause: 'observer-failed',
        label: 'observer',
        message: 'a listener threw; this is said once',
      })
    }
  }
}
