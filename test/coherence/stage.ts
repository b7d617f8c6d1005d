import { randomBytes } from 'node:crypto'

import type { Cache } from '../../src/cache.js'
import type { CacheOptions } from '../../src/cache-options.js'
import { resolveCacheOptions } from '../../src/resolve-cache-options.js'
import { Composition } from '../../src/composition.js'
import type { Parts } from '../../src/engine/parts.js'
import type { Consistency } from '../../src/engine/policy.js'
import type { CacheNamespace } from '../../src/namespace.js'
import { openRedisTier } from '../../src/redis/redis-tier.js'
import type { SharedTier } from '../../src/tiers/shared-tier.js'
import { eventually } from '../support/eventually.js'
import type { Gate } from '../support/gate.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { onTeardown } from '../support/teardown.js'
import { HeldStore, type Moment, type Operation } from './held-store.js'
import { Row } from './row.js'

export interface ActorOptions extends Omit<CacheOptions, 'redis' | 'prefix'> {
  /** Where commands go. The server itself by default. */
  readonly redis?: string
  /** Where the log is read. As the commands by default. */
  readonly log?: string
  readonly prefix?: string
}

/** How the shared tier takes part. */
export const SHARED = ['bounded', 'strict'] as const
/** How a cache is kept, which `Stage.one` has an actor for. */
export const KINDS = ['memory only', ...SHARED] as const

/** What a whole machine may take that runs more than this test: no deadline of ours is the subject here. */
const PATIENT = { read: '10s', write: '10s' } as const

/** A namespace that memory answers for, however strict the others are. */
const LAST_WORD = 'last-word'

let server: Promise<RedisServer> | undefined

/** One Redis for all tests in this folder: they may flush, freeze and watch it, one after another. */
export function coherenceServer(): Promise<RedisServer> {
  server ??= startRedis().then((started) => {
    onTeardown(() => started.stop())
    return started
  })
  return server
}

/** One process, as far as its cache is concerned, with a hand on what it asks of Redis. */
export class Actor {
  readonly cache: Cache
  readonly parts: Parts
  readonly #store: HeldStore | undefined
  readonly #scene: { readonly namespace: string }

  constructor(
    composition: Composition,
    store: HeldStore | undefined,
    scene: { readonly namespace: string },
  ) {
    this.cache = composition.cache
    this.parts = composition.parts
    this.#store = store
    this.#scene = scene
  }

  /** A namespace that no other test has. */
  get rows(): CacheNamespace {
    return this.cache.namespace(this.#scene.namespace)
  }

  /** Holds the next use of `operation`: before it is sent, or after its answer has come. */
  hold(operation: Operation, moment: Moment): Gate {
    if (this.#store === undefined) throw new Error('this actor has no Redis')
    return this.#store.hold(operation, moment)
  }

  /** Has the next use of `operation` find no Redis. */
  fail(operation: Operation): void {
    if (this.#store === undefined) throw new Error('this actor has no Redis')
    this.#store.fail(operation)
  }

  /** Resolves when this actor has heard of all that was invalidated so far; `other` sends the last word. */
  async heard(other: Actor): Promise<void> {
    const hears = await this.listens()
    await hears(other)
  }

  /** The same in two steps, for an actor that can soon do nothing but listen. */
  async listens(): Promise<(other: Actor) => Promise<void>> {
    const key = randomBytes(8).toString('hex')
    const own = this.cache.namespace(LAST_WORD)
    await eventually(async () => {
      await own.set(key, true)
      return own.peek(key)
    })
    return async (other) => {
      await other.cache.namespace(LAST_WORD).delete(key)
      await eventually(() => own.peek(key) === undefined)
    }
  }

  /** Resolves when nothing runs but the log. */
  async settled(): Promise<void> {
    const atRest = this.parts.shared === undefined ? 0 : 1
    await eventually(() => this.parts.background.size === atRest)
  }
}

/** The actors of the tests in one `describe`, on one prefix of one Redis. */
export class Stage {
  readonly prefix = `c${randomBytes(8).toString('hex')}`
  readonly #compositions: Composition[] = []
  readonly #pairs = new Map<Consistency, Promise<[Actor, Actor]>>()
  readonly #scene = { namespace: 'rows-0' }
  #scenes = 0
  #server: RedisServer | undefined

  /** Finds the Redis; before the first test. */
  async open(): Promise<void> {
    this.#server = await coherenceServer()
  }

  get server(): RedisServer {
    if (this.#server === undefined) throw new Error('the stage is not open')
    return this.#server
  }

  /** The namespace of the test that runs. */
  get scene(): string {
    return this.#scene.namespace
  }

  /** Begins a test: the actors that there are get a namespace that nobody has used, and a row. */
  next(): Row {
    this.#scenes += 1
    this.#scene.namespace = `rows-${this.#scenes}`
    return new Row()
  }

  /** An actor whose cache is connected and follows the log. */
  async actor(options: ActorOptions = {}): Promise<Actor> {
    const { redis = this.server.url, log, ...rest } = options
    const namespaces = { [LAST_WORD]: { consistency: 'bounded' } } as const
    const resolved = resolveCacheOptions({
      prefix: this.prefix,
      timeouts: PATIENT,
      namespaces,
      ...rest,
    })
    let held: HeldStore | undefined
    const composition = new Composition(resolved, (names, onEvent) => {
      const tier = openRedisTier(redis, resolved, names, onEvent)
      held = new HeldStore(tier.store)
      const listener =
        log === undefined ? tier : openRedisTier(log, resolved, names, () => undefined)
      return replaced(tier, held, listener)
    })
    this.#compositions.push(composition)
    const actor = new Actor(composition, held, this.#scene)
    if (!(await actor.cache.ready(5_000))) throw new Error('Redis was not ready within 5 s')
    await eventually(() => actor.parts.log.provenAt > 0)
    return actor
  }

  /** Two actors, the same two in all tests of this stage. */
  pair(consistency: Consistency = 'bounded'): Promise<[Actor, Actor]> {
    const present = this.#pairs.get(consistency)
    if (present !== undefined) return present
    const options = { defaults: { consistency } }
    const pair = Promise.all([this.actor(options), this.actor(options)])
    this.#pairs.set(consistency, pair)
    return pair
  }

  /** One of the pair, or an actor of its own without Redis. */
  async one(kind: Consistency | 'memory only'): Promise<Actor> {
    return kind === 'memory only' ? this.alone() : (await this.pair(kind))[0]
  }

  /** An actor without Redis. */
  alone(options: Omit<CacheOptions, 'redis'> = {}): Actor {
    const composition = new Composition(resolveCacheOptions(options), () => undefined)
    this.#compositions.push(composition)
    return new Actor(composition, undefined, this.#scene)
  }

  async close(): Promise<void> {
    await Promise.all(this.#compositions.map(({ cache }) => cache.close()))
  }
}

/** The same tier, with another store, and the log on connections of its own. */
function replaced(tier: SharedTier, held: HeldStore, listener: SharedTier): SharedTier {
  return {
    store: held.store,
    duringRecovery: tier.duringRecovery,
    openLog: () => listener.openLog(),
    onRecover: (handler) => tier.onRecover(handler),
    get isReady() {
      return tier.isReady
    },
    get refusal() {
      return tier.refusal
    },
    whenReady: (timeout) => tier.whenReady(timeout),
    statistics: () => tier.statistics(),
    async close() {
      await tier.close()
      if (listener !== tier) await listener.close()
    },
  }
}
