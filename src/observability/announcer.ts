import type { Confirmation } from '../engine/invalidator.js'
import type { Target } from '../engine/journal.js'
import type { MissReason } from '../engine/miss-reasons.js'
import type { ConnectionEvent } from '../redis/connection-event.js'
import { channels } from './channels.js'
import type { CallEnd, EntryCounters } from './entry-counters.js'
import type { CacheObserver, CallEvent, LoadEvent, WarningCause, WarningEvent } from './observer.js'
import { tell } from './tell.js'

/**
 * Delivers events to the observer and the diagnostics channels of one cache. Creates an event only
 * if someone listens.
 */
export class Announcer {
  readonly #cache: string
  readonly #observer: CacheObserver
  readonly #hearsCalls: boolean
  readonly #onFailure: () => void

  /**
   * @param cache the name of the cache in events
   * @param onFailure called when the observer throws
   */
  constructor(cache: string, observer: CacheObserver | undefined, onFailure: () => void) {
    this.#cache = cache
    this.#observer = observer ?? {}
    const { onCall, onHit, onMiss } = this.#observer
    this.#hearsCalls = (onCall ?? onHit ?? onMiss) !== undefined
    this.#onFailure = onFailure
  }

  /** Whether anyone listens to calls. Every memory hit asks, so this costs two property reads. */
  get hearsCalls(): boolean {
    return this.#hearsCalls || channels.call.hasSubscribers
  }

  call(
    { namespace, entry }: EntryCounters,
    end: CallEnd,
    milliseconds: number,
    reason: MissReason,
  ): void {
    if (!this.hearsCalls) return
    const event = callEvent({ cache: this.#cache, namespace, entry, milliseconds }, end, reason)
    const observer = this.#observer
    if (observer.onCall !== undefined) this.#tell(() => observer.onCall?.(event))
    if (event.outcome === 'hit' && observer.onHit !== undefined) {
      this.#tell(() => observer.onHit?.(event))
    }
    if (event.outcome === 'miss' && observer.onMiss !== undefined) {
      this.#tell(() => observer.onMiss?.(event))
    }
    if (channels.call.hasSubscribers) channels.call.publish(event)
  }

  load({ namespace, entry }: EntryCounters, milliseconds: number, failed: boolean): void {
    const observer = this.#observer
    if (observer.onLoad === undefined && !channels.load.hasSubscribers) return
    const event: LoadEvent = { cache: this.#cache, namespace, entry, milliseconds, failed }
    this.#tell(() => observer.onLoad?.(event))
    channels.load.publish(event)
  }

  invalidation(targets: readonly Target[], { durable }: Confirmation): void {
    const observer = this.#observer
    if (observer.onInvalidation === undefined && !channels.invalidation.hasSubscribers) return
    const count = (kind: Target['kind']): number =>
      targets.filter((target) => target.kind === kind).length
    const counts = { keys: count('key'), markers: count('marker'), tags: count('tag') }
    const event = { cache: this.#cache, ...counts, durable }
    this.#tell(() => observer.onInvalidation?.(event))
    channels.invalidation.publish(event)
  }

  connection(change: ConnectionEvent): void {
    const event = { cache: this.#cache, ...change }
    this.#tell(() => this.#observer.onConnection?.(event))
    channels.connection.publish(event)
  }

  warning(cause: WarningCause, label: string, message: string): void {
    const event: WarningEvent = { cache: this.#cache, cause, label, message }
    this.#tell(() => this.#observer.onWarning?.(event))
    channels.warning.publish(event)
  }

  #tell(listener: () => unknown): void {
    tell(listener, this.#onFailure)
  }
}

function callEvent(
  common: { cache: string; namespace: string; entry: string; milliseconds: number },
  end: CallEnd,
  reason: MissReason,
): CallEvent {
  if (end === 'memory' || end === 'redis') return { ...common, outcome: 'hit', tier: end }
  return end === 'miss' ? { ...common, outcome: end, reason } : { ...common, outcome: end }
}
