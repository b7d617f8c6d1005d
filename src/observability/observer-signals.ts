import type { Clock } from '../clock.js'
import type { BackgroundReason } from '../engine/background.js'
import type { Confirmation } from '../engine/invalidator.js'
import type { Target } from '../engine/journal.js'
import type { LogGap } from '../engine/log-reader.js'
import type { MissReason } from '../engine/miss-reasons.js'
import type { ConnectionEvent } from '../redis/connection-event.js'
import { Announcer } from './announcer.js'
import { CacheCounters } from './cache-counters.js'
import { type CallEnd, type EntryCounters, HITS_PER_SAMPLE } from './entry-counters.js'
import { HealthWatch } from './health-watch.js'
import { LogLines } from './log-lines.js'
import type { CacheLogger } from './logger.js'
import type { CacheObserver, WarningCause } from './observer.js'
import type { Signals } from './signals.js'
import { type Mistake, warnOfMistake } from './warn-of-mistake.js'

/** The parts that `ObserverSignals` needs. */
export interface ObserverSignalsOptions {
  /** Name of the cache in events: its prefix. */
  readonly cache: string
  readonly observer: CacheObserver | undefined
  /**
   * With undefined, mistakes become process warnings; with false, nothing is logged or warned of.
   */
  readonly logger: CacheLogger | false | undefined
  readonly clock: Clock
  /** Why the cache is degraded; empty when it is not. */
  readonly reasons: () => readonly string[]
}

/** Interruptions of the log, in words. */
const GAPS: Readonly<Record<Exclude<LogGap, 'attached'>, string>> = {
  'lost-tail': 'its end was lost',
  'missed-message': 'a message was missed',
  'unreadable-message': 'a message could not be read',
}

/** Maximum number of distinct warnings that are given once. Further ones are dropped. */
const MOST_SAID = 1_000

/**
 * Counts events and delivers them to the observer, the channels and the logger. No failure of these
 * reaches the engine.
 */
export class ObserverSignals implements Signals {
  readonly counters = new CacheCounters()
  readonly #announcer: Announcer
  readonly #lines: LogLines
  readonly #watch: HealthWatch
  readonly #warnsProcess: boolean
  readonly #said = new Set<string>()
  /** Options without effect and why. These never change back. */
  readonly remarks = new Map<string, string>()
  #listenerFailed = false

  constructor({ cache, observer, logger, clock, reasons }: ObserverSignalsOptions) {
    const onFailure = (): void => this.#reportListener()
    this.#announcer = new Announcer(cache, observer, onFailure)
    this.#lines = new LogLines({ logger: logger === false ? undefined : logger, clock, onFailure })
    this.#warnsProcess = logger === undefined
    this.#watch = new HealthWatch({ clock, lines: this.#lines, reasons })
  }

  get isObserved(): boolean {
    return this.#announcer.hearsCalls
  }

  hit(counters: EntryCounters, milliseconds: number): void {
    if (counters.fastHits % HITS_PER_SAMPLE === 0) counters.memoryHitTime.record(milliseconds)
    this.#announcer.call(counters, 'memory', milliseconds, 'cold')
  }

  answered(
    counters: EntryCounters,
    end: CallEnd,
    milliseconds: number,
    reason: MissReason = 'cold',
  ): void {
    counters.count(end, milliseconds)
    if (end === 'miss') counters.countMiss(reason)
    this.#announcer.call(counters, end, milliseconds, reason)
  }

  loaded(counters: EntryCounters, milliseconds: number): void {
    counters.loadTime.record(milliseconds)
    this.#announcer.load(counters, milliseconds, false)
  }

  loadFailed(counters: EntryCounters, milliseconds: number): void {
    counters.loadTime.record(milliseconds)
    this.#announcer.load(counters, milliseconds, true)
  }

  unreadable({ namespace, entry }: EntryCounters, reason: string): void {
    const message = `an entry in Redis could not be used: ${reason}`
    this.#warn('unreadable-entry', `${namespace}/${entry}`, message)
  }

  notCacheable(label: string, path: string, reason: string): void {
    const why = reason === 'too-large' ? 'too-large for `maxValueBytes`' : reason
    const message = `${path} cannot be stored (${why}); it is returned and not cached`
    this.#warnOnce('not-cacheable', label, message)
  }

  notKeyable(label: string, path: string, reason: string, consequence: string): void {
    const message = `${path} cannot be part of a key (${reason}); ${consequence}`
    this.#warnOnce('not-keyable', label, message)
  }

  callbackFailed(label: string, option: string, consequence: string): void {
    const message = `${option} threw or returned an invalid value; ${consequence}`
    this.#warnOnce('callback-failed', label, message)
  }

  /** Notes an option that has no effect, and why. */
  noEffect(option: string, message: string): void {
    if (this.remarks.size < MOST_SAID) this.remarks.set(option, message)
    this.#warnOnce('no-effect', option, message)
  }

  invalidated(targets: readonly Target[], confirmation: Confirmation): void {
    this.counters.countInvalidation(targets, confirmation.durable)
    this.#announcer.invalidation(targets, confirmation)
    if (!confirmation.durable) this.#watch.look()
  }

  /** Counts the names that other processes invalidated in one message. */
  invalidatedElsewhere(names: number): void {
    this.counters.invalidatedElsewhere += names
  }

  connection(event: ConnectionEvent): void {
    const isReady = event.kind === 'ready'
    this.#announcer.connection(event)
    const level = isReady ? 'info' : 'warn'
    this.#lines.writeState(level, `connection ${event.server}`, event.kind, event.message)
    if (!isReady && event.kind !== 'warning') this.#watch.begin()
  }

  backgroundFailed(reason: BackgroundReason): void {
    this.counters.countBackgroundFailure(reason)
    const message = 'background work failed; it is tried again when it is next needed'
    this.#warn('background-failed', reason, message)
  }

  logInterrupted(reason: LogGap): void {
    // Not an interruption: every start attaches to the log, and a re-attach for another reason was
    // reported with that reason.
    if (reason === 'attached') return
    this.counters.countLogInterruption(reason)
    this.#warn('log-interrupted', 'invalidation log', `${GAPS[reason]}; memory was dropped`)
    this.#watch.look()
  }

  /** Cancels all timers. */
  close(): void {
    this.#watch.close()
    this.#lines.close()
  }

  /** Warns as often as the cause's log lines may be written. */
  #warn(cause: WarningCause, label: string, message: string): void {
    this.counters.countWarning(cause)
    this.#say(cause, label, message)
  }

  /** Warns once, because the mistake occurs at every call. */
  #warnOnce(cause: Mistake, label: string, message: string): void {
    this.counters.countWarning(cause)
    const id = `${cause} ${label} ${message}`
    if (this.#said.has(id) || this.#said.size >= MOST_SAID) return
    if (!this.#say(cause, label, message)) return
    this.#said.add(id)
    if (this.#warnsProcess) warnOfMistake(cause, `${label}: ${message}`)
  }

  #say(cause: WarningCause, label: string, message: string): boolean {
    const name = `${cause} ${label}`
    if (!this.#lines.mayWrite(name)) return false
    this.#lines.write('warn', name, `${label}: ${message}`)
    this.#announcer.warning(cause, label, message)
    return true
  }

  #reportListener(): void {
    if (this.#listenerFailed) return
    this.#listenerFailed = true
    this.#warn('observer-failed', 'observer', 'a listener threw; this is said once')
  }
}
