import type { Clock } from '../clock.js'
import type { Unkeyable } from '../keys/canonical.js'
import { type EntryCounters, HITS_PER_SAMPLE } from '../observability/entry-counters.js'
import type { Signals } from '../observability/signals.js'
import type { MemoryTier } from '../tiers/memory-tier.js'
import { type Call, callOf, type Load } from './call.js'
import { CallAccount } from './call-account.js'
import type { CallContexts } from './call-contexts.js'
import { EntryContext } from './entry-context.js'
import { expire } from './expire.js'
import { Filler } from './filler.js'
import type { Target } from './journal.js'
import { Locator } from './locator.js'
import { Lookups } from './lookups.js'
import type { MemoryEntry } from './memory-entry.js'
import type { Parts } from './parts.js'
import type { EntryPolicy } from './policy.js'
import { PutOperation } from './put-operation.js'
import { Shortcuts } from './shortcuts.js'
import { SlowReader } from './slow-reader.js'

/**
 * One cached method, or one entry of the programmatic cache: answers calls, and changes what is
 * stored. Created once per method. A memory hit costs one lookup, one clock reading and a few
 * comparisons.
 */
export class CachedEntry {
  readonly context: EntryContext
  /** Lookups that do not run the method. */
  readonly lookups: Lookups
  readonly #contexts: CallContexts
  readonly #memory: MemoryTier
  readonly #counters: EntryCounters
  readonly #account: CallAccount
  readonly #filler: Filler
  readonly #slowReader: SlowReader
  readonly #clock: Clock
  readonly #signals: Signals
  readonly #refreshesAhead: boolean
  readonly #shortcuts: Shortcuts

  constructor(policy: EntryPolicy, parts: Parts, contexts: CallContexts, counters: EntryCounters) {
    this.context = new EntryContext(policy, parts, counters)
    this.#shortcuts = new Shortcuts(this.context.prefix.length)
    this.#contexts = contexts
    this.#memory = parts.memory
    this.#counters = counters
    this.#account = new CallAccount(this.context)
    this.#filler = new Filler(this.context)
    this.#clock = parts.clock
    this.#signals = parts.signals
    this.#refreshesAhead = policy.refreshAhead > 0
    const locator = new Locator(this.context, this.#filler)
    this.lookups = new Lookups(this.context, contexts, locator, this.#account)
    this.#slowReader = new SlowReader(this.context, contexts, this.#filler, locator)
  }

  get policy(): EntryPolicy {
    return this.context.policy
  }

  /** Returns the key of a list of arguments, or why they have no key. Never throws. */
  keyOf(list: readonly unknown[], scope: string | undefined): string | Unkeyable {
    return this.context.keys.keyOf(list, scope)
  }

  /** Current time of the clock that the timestamps of entries refer to, in milliseconds. */
  now(): number {
    return this.#clock.now()
  }

  /**
   * Returns the memory hit for a call whose only argument is a string or a number; undefined when
   * there is none. Finds the entry by the argument itself, because building the key would cost more
   * than the rest of the hit.
   */
  hitByArgument(argument: string | number): Promise<unknown> | undefined {
    const entry = this.#shortcuts.find(argument)
    if (entry === undefined || this.#contexts.active !== 0) return undefined
    const hit = this.#hit(entry)
    if (hit !== undefined) this.#memory.use(entry)
    return hit
  }

  /**
   * Registers the entry that memory holds under `key`, so that `hitByArgument` finds it by the only
   * argument of the call.
   */
  shorten(argument: string | number, key: string): void {
    if (!this.context.answersFromMemory) return
    const entry = this.#memory.get(key)
    if (entry !== undefined) this.#shortcuts.add(argument, entry)
  }

  /**
   * Answers a call from memory, from Redis, or by running the method.
   *
   * @param onWaiting given for an item of a list; called when the item waits for a load of another
   *   caller
   */
  read(
    key: string,
    scope: string | undefined,
    load: Load,
    self: unknown,
    args: readonly unknown[],
    onWaiting?: () => void,
  ): Promise<unknown> {
    const entry = this.#memory.get(key)
    if (entry !== undefined && this.#contexts.active === 0) {
      const hit = this.#hit(entry)
      if (hit !== undefined) return hit
    }
    return this.#readSlowly(entry, callOf(key, scope, load, self, args, onWaiting))
  }

  /** Runs the method for a call that has no key or must not be cached. */
  bypass(load: Load, self: unknown, args: readonly unknown[]): Promise<unknown> {
    return this.#account.count(undefined, async () => ({
      source: 'bypass',
      value: await load(self, args),
    }))
  }

  /**
   * Runs the method once for several items of a list, in one slot of the entry's `concurrency`.
   * Rejects with CacheLoadRejectedError when the number of waiting calls has reached `queue`.
   */
  runLimited(run: () => Promise<unknown>): Promise<unknown> {
    return this.#filler.loader.runForItems(run)
  }

  /**
   * Returns the value in memory if a read would be answered with it; otherwise undefined. Counts
   * nothing.
   */
  peek(key: string): { readonly value: unknown } | undefined {
    const entry = this.#memory.get(key)
    if (entry === undefined || !this.context.answers(entry, this.#clock.now())) return undefined
    return { value: entry.take() }
  }

  /**
   * Like `peek`, but finds the entry by argument as `hitByArgument` does, and returns the entry,
   * from which the caller takes the value.
   */
  peekByArgument(argument: string | number): MemoryEntry | undefined {
    const entry = this.#shortcuts.find(argument)
    if (entry === undefined || !this.context.answers(entry, this.#clock.now())) return undefined
    this.#memory.use(entry)
    return entry
  }

  /**
   * Loads a key again, even if a value is stored. Meanwhile, other calls are served the stored
   * value.
   */
  refresh(
    key: string,
    scope: string | undefined,
    load: Load,
    self: unknown,
    args: readonly unknown[],
  ): Promise<unknown> {
    return this.#slowReader.refresh(callOf(key, scope, load, self, args, undefined))
  }

  targetOf(key: string): Target {
    return this.targetFor(this.context.idOf(key))
  }

  targetFor(id: string): Target {
    return { kind: 'key', name: id, namespace: this.context.namespaceMarker.name }
  }

  /**
   * Makes the stored value stale, in memory and in Redis. A stale value may still be served when
   * the method fails. Resolves with whether Redis confirmed the change.
   */
  expire(key: string): Promise<boolean> {
    return expire(this.context, key)
  }

  /** The target that covers every key of the entry, in every scope. */
  wholeTarget(): Target {
    const { entryMarker, namespaceMarker } = this.context
    return { kind: 'marker', name: entryMarker.name, namespace: namespaceMarker.name }
  }

  /** Begins a put. When it finishes, it discards the results of all loads that began earlier. */
  beginPut(key: string, scope: string | undefined): Promise<PutOperation> {
    return PutOperation.begin(this.context, this.#filler.keeper, key, scope)
  }

  #readSlowly(entry: MemoryEntry | undefined, call: Call): Promise<unknown> {
    return this.#account.count(call.key, () => this.#slowReader.read(call, entry))
  }

  /** Returns the answer from memory, or undefined when memory cannot answer immediately. */
  #hit(entry: MemoryEntry): Promise<unknown> | undefined {
    const now = this.#clock.now()
    if (!this.context.answers(entry, now)) return undefined
    if (this.#refreshesAhead && now >= entry.refreshAt) return undefined
    const isSample = (++this.#counters.fastHits & (HITS_PER_SAMPLE - 1)) === 0
    if (isSample || this.#signals.isObserved) return this.#hitTimed(entry, now)
    return Promise.resolve(entry.take())
  }

  #hitTimed(entry: MemoryEntry, begunAt: number): Promise<unknown> {
    const value = entry.take()
    this.#signals.hit(this.#counters, this.#clock.now() - begunAt)
    return Promise.resolve(value)
  }
}
