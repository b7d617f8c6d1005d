import type { Load } from '../../src/engine/call.js'
import { CachedEntry } from '../../src/engine/cached-entry.js'
import type { Parts } from '../../src/engine/parts.js'
import type { UnitsOfWork } from '../../src/engine/unit-of-work.js'
import { EntryCounters } from '../../src/observability/entry-counters.js'
import type { CachedOptions } from '../../src/options/cached-options.js'
import { resolveEntryPolicy } from '../../src/options/resolve-entry-policy.js'
import type { Caller } from '../../src/weaving/caller.js'
import { HeldNetwork } from './model/held-network.js'
import { ModelCache } from './model/model-cache.js'
import { ModelServer } from './model/server.js'
import type { ModelTier } from './model/tier.js'
import { Timeline } from './model/timeline.js'
import { returning } from './returning.js'

/** Where the wall clock of the model's servers begins. */
const ORIGIN = 1_700_000_000_000

export interface ProcessOptions {
  /** Where its clock begins. 0 by default. */
  readonly origin?: number
  /** For how long memory answers in an outage. The bound by default. */
  readonly outageTtl?: number
}

/**
 * A Redis, or a cluster, that lives in the test: a test holds single requests and replies of each
 * process, and time stands still unless the test lets it pass.
 */
export class ModelRedis {
  readonly timeline = new Timeline()
  readonly servers: readonly ModelServer[]

  /** @param masters one server, or the masters of a cluster */
  constructor(masters = 1) {
    const { timeline } = this
    this.servers = Array.from(
      { length: masters },
      () => new ModelServer({ timeline, origin: ORIGIN, remembers: 16 }),
    )
  }

  /** The only server, or the first. */
  get server(): ModelServer {
    const [server] = this.servers
    if (server === undefined) throw new Error('there is no server')
    return server
  }

  /** A process whose reader of the log is where the log ends. */
  async join(options: ProcessOptions = {}): Promise<JoinedProcess> {
    const process = new JoinedProcess(this, options)
    await turn()
    return process
  }

  /** Two processes of that kind. */
  async joinTwo(): Promise<[JoinedProcess, JoinedProcess]> {
    return [await this.join(), await this.join()]
  }

  /** Fires the timers of the next so many milliseconds, each once what the last one woke has run. */
  async pass(milliseconds: number): Promise<void> {
    const { timeline } = this
    const end = timeline.now + milliseconds
    await turn()
    while (timeline.now < end) {
      const fire = timeline.next(end - timeline.now)
      // No timer is left on the way.
      if (fire === undefined) timeline.pass(end - timeline.now)
      fire?.()
      await turn()
    }
  }
}

/** One process with its own cache on a model of Redis. */
export class JoinedProcess {
  readonly parts: Parts
  readonly caller: Caller
  readonly units: UnitsOfWork
  readonly tier: ModelTier
  readonly network = new HeldNetwork()
  readonly logNetwork = new HeldNetwork()

  constructor(redis: ModelRedis, options: ProcessOptions) {
    const { network, logNetwork } = this
    const clock = redis.timeline.clock(options.origin ?? 0)
    const { servers } = redis
    const { outageTtl } = options
    const cache = new ModelCache({ servers, clock, network, logNetwork, maxItems: 100, outageTtl })
    this.parts = cache.parts
    this.caller = cache.caller
    this.units = cache.units
    this.tier = cache.tier
  }

  /** An entry `things.thing` that does not jitter. */
  entry(options: CachedOptions = {}, version = '1'): JoinedEntry {
    const identity = { label: 'things.thing', namespace: 'things', entry: 'thing', version }
    const policy = resolveEntryPolicy(identity, { ttl: '1m', jitter: 0, ...options })
    const counters = new EntryCounters('things', 'thing')
    return new JoinedEntry(new CachedEntry(policy, this.parts, this.units, counters), this.caller)
  }
}

/** An entry with keys of one argument. */
export class JoinedEntry {
  readonly cached: CachedEntry
  readonly #caller: Caller

  constructor(cached: CachedEntry, caller: Caller) {
    this.cached = cached
    this.#caller = caller
  }

  key(argument: string, scope?: string): string {
    return String(this.cached.keyOf([argument], scope))
  }

  id(argument: string): string {
    return this.cached.context.idOf(this.key(argument))
  }

  read(argument: string, load: () => PromiseLike<unknown>): Promise<unknown> {
    return this.cached.read(this.key(argument), undefined, load, undefined, [argument])
  }

  /** As an item of a list, whose method begins when the load says so. */
  readAsItem(
    argument: string,
    load: (begins: () => void) => PromiseLike<unknown>,
  ): Promise<unknown> {
    const run: Load = (_self, _args, share) => load(() => share?.begin())
    const [key, list] = [this.key(argument), [argument]]
    return this.cached.read(key, undefined, run, undefined, list, () => undefined)
  }

  refresh(argument: string, load: () => PromiseLike<unknown>): Promise<unknown> {
    return this.cached.refresh(this.key(argument), undefined, load, undefined, [argument])
  }

  /** Loads what is missing, and resolves once it is stored. */
  async fill(argument: string, value: unknown): Promise<void> {
    await this.read(argument, returning(value))
    await turn()
  }

  async lookUp(argument: string): Promise<unknown> {
    return (await this.cached.lookups.lookUp(this.key(argument), undefined))?.value
  }

  /** Whether Redis confirmed it. */
  async evict(argument: string): Promise<boolean> {
    return (await this.#caller.evict([this.cached.targetOf(this.key(argument))])).durable
  }

  async invalidateTag(tag: string): Promise<boolean> {
    return (await this.#caller.evict([this.#caller.tagTarget(tag)])).durable
  }

  async clearNamespace(): Promise<boolean> {
    const target = this.#caller.namespaceTarget(this.cached.policy.namespace)
    return (await this.#caller.evict([target])).durable
  }

  /** A put whose token is taken now; what it returns stores the value. */
  async beginPut(argument: string): Promise<(value: unknown) => Promise<boolean>> {
    const operation = await this.cached.beginPut(this.key(argument), undefined)
    return async (value) => {
      const result = await this.#caller.put(this.cached, operation, value, [argument], true)
      return result.durable
    }
  }
}

/** Gives everything that was woken the chance to run as far as it comes. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
