import type {
  CacheObserver,
  CallEvent,
  ConnectionEvent,
  InvalidationEvent,
  LoadEvent,
  WarningEvent,
} from '../observability/observer.js'

/**
 * An observer that records every event, in order. Pass it to a cache as its `observer`, and a test
 * can check what the cache did.
 *
 * @example
 * const observer = new RecordingObserver()
 * const cache = createCache({ observer })
 * // …
 * assert.deepEqual(observer.outcomesOf('frontPage'), ['miss', 'hit'])
 */
export class RecordingObserver implements CacheObserver {
  readonly calls: CallEvent[] = []
  readonly loads: LoadEvent[] = []
  readonly invalidations: InvalidationEvent[] = []
  readonly connections: ConnectionEvent[] = []
  readonly warnings: WarningEvent[] = []

  onCall(event: CallEvent): void {
    this.calls.push(event)
  }

  onLoad(event: LoadEvent): void {
    this.loads.push(event)
  }

  onInvalidation(event: InvalidationEvent): void {
    this.invalidations.push(event)
  }

  onConnection(event: ConnectionEvent): void {
    this.connections.push(event)
  }

  onWarning(event: WarningEvent): void {
    this.warnings.push(event)
  }

  /**
   * Returns the outcomes of the calls of one entry, in order. An entry is named after its method by
   * default.
   */
  outcomesOf(entry: string): CallEvent['outcome'][] {
    return this.calls.filter((call) => call.entry === entry).map(({ outcome }) => outcome)
  }

  /** Discards everything recorded so far. */
  clear(): void {
    for (const events of [
      this.calls,
      this.loads,
      this.invalidations,
      this.connections,
      this.warnings,
    ]) {
      events.length = 0
    }
  }
}
