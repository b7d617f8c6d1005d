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
 * One cached method, or one entry of the programmatic cache: the path of a call, and what changes what
 * is stored. Made once; a memory hit is one look-up, one clock reading and a few comparisons.
 */
export class CachedEntry {
  readonly context: EntryContext
  /** What is asked about a key without running the method. */
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

  /** The key of a list of arguments, or why they are none. Never throws. */
  keyOf(list: readonly unknown[], scope: string | undefined): string | Unkeyable {
    return this.context.keys.keyOf(list, scope)
  }

  /** Milliseconds of the clock that its instants are of. */
  now(): number {
    return this.#clock.now()
  }

  /**
   * A memory hit for a call whose only argument is a text or a number, found by the argument itself:
   * to make its key would cost more than all the rest of a hit. undefined when there is none.
   */
  hitByArgument(argument: string | number): Promise<unknown> | undefined {
    const entry = this.#shortcuts.find(argument)
    if (entry === undefined || this.#contexts.active !== 0) return undefined
    const hit = this.#hit(entry)
    if (hit !== undefined) this.#memory.use(entry)
    return hit
  }

  /** Lets what memory has under a key be found by the only argument that makes it. */
  shorten(argument: string | number, key: string): void {
    if (!this.context.answersFromMemory) return
    const entry = this.#memory.get(key)
    if (entry !== undefined) this.#shortcuts.add(argument, entry)
  }

  /**
   * Answers a call: from memory, from Redis, or by running the method.
   *
   * @param onWaiting given for an item of a list: told when it waits for what somebody else loads
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

  /** Runs the method for a call that has no key, or is not to be cached. */
  bypass(load: Load, self: unknown, args: readonly unknown[]): Promise<unknown> {
    return this.#account.count(undefined, async () => ({
      source: 'bypass',
      value: await load(self, args),
    }))
  }

  /**
   * Runs the method once for several items of a list, in one slot of the entry's `concurrency`.
   * Rejects with CacheLoadRejectedError when as many calls wait as `queue` says.
   */
  runLimited(run: () => Promise<unknown>): Promise<unknown> {
    return this.#filler.loader.runForItems(run)
  }

  /** The value in memory, if a read would be answered with it; undefined otherwise. Counts nothing. */
  peek(key: string): { readonly value: unknown } | undefined {
    const entry = this.#memory.get(key)
    if (entry === undefined || !this.context.answers(entry, this.#clock.now())) return undefined
    return { value: entry.take() }
  }

  /** As `peek`, for what `hitByArgument` would find: the entry itself, to take the value from. */
  peekByArgument(argument: string | number): MemoryEntry | undefined {
    const entry = this.#shortcuts.find(argument)
    if (entry === undefined || !this.context.answers(entry, this.#clock.now())) return undefined
    this.#memory.use(entry)
    return entry
  }

  /** Loads a key anew, whatever is stored; what is stored is served meanwhile. */
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
   * Makes what is stored stale, here and in Redis; it may still stand in for a failing method. Says
   * whether Redis confirmed it.
   */
  expire(key: string): Promise<boolean> {
    return expire(this.context, key)
  }

  /** Every key of the entry, in every scope. */
  wholeTarget(): Target {
    const { entryMarker, namespaceMarker } = this.context
    return { kind: 'marker', name: entryMarker.name, namespace: namespaceMarker.name }
  }

  /** Begins a put: what is loaded from now on until it ends can no longer be stored. */
  beginPut(key: string, scope: string | undefined): Promise<PutOperation> {
    return PutOperation.begin(this.context, this.#filler.keeper, key, scope)
  }

  #readSlowly(entry: MemoryEntry | undefined, call: Call): Promise<unknown> {
    return this.#account.count(call.key, () => this.#slowReader.read(call, entry))
  }

  /** The answer from memory, if it is one at once. */
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
