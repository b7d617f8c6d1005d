import type { Clock } from '../clock.js'
import { lazyRequire } from '../lazy.js'
import type { InvalidationLog } from '../tiers/shared-store.js'
import { Admission } from './admission.js'
import { type Backend, connect, describe } from './backend.js'
import {
  type ConnectionEvent,
  type ConnectionListener,
  ready,
  refused,
  warning,
} from './connection-event.js'
import type { RedisLink } from './link.js'
import { LogConnection, type LogKeys } from './log-connection.js'
import { Pause } from './pause.js'
import { Recovery, type RecoveryHandler } from './recovery.js'
import type { ClientFactory, RedisLike } from './redis-like.js'
import type { RedisInput } from './redis-options.js'
import { readStatistics, type RedisStatistics } from './redis-statistics.js'
import { resolveRedis } from './resolve-redis.js'
import { selfTest, type SelfTestResult } from './self-test.js'

export interface RedisConnectionsOptions {
  readonly redis: RedisInput
  /** What all our keys begin with, or begin with behind a brace. */
  readonly prefix: string
  readonly clock: Clock
  /** The random source: 0 up to, not including, 1. */
  readonly random: () => number
  /** Hears of every change. What it throws is dropped. */
  readonly onEvent: ConnectionListener
}

/** How long the server may take for what is not in the path of a call. Milliseconds. */
const TEST_WITHIN = 1_000
/** Milliseconds until a server that is not usable is tried again. */
const RETEST_EVERY = 10_000

/** Everything between one cache and Redis. Connects when it is made, and tries again without end. */
export class RedisConnections {
  readonly #backend: Backend
  readonly #recovery: Recovery
  readonly #clock: Clock
  readonly #admission = new Admission()
  readonly #prefix: string
  readonly #name: string
  readonly #onEvent: ConnectionListener
  readonly #waiting = new Set<Pause>()
  readonly #untilRetest: Pause
  #tested: Promise<void> | undefined
  #isUsable: boolean | undefined
  #reported = ''

  constructor(options: RedisConnectionsOptions) {
    const { clock, random, onEvent } = options
    const target = resolveRedis(options.redis, loadDriver)
    this.#clock = clock
    this.#recovery = new Recovery(clock)
    this.#prefix = options.prefix
    this.#name = describe(target)
    this.#onEvent = onEvent
    for (const text of target.warnings) this.#tell(warning(this.#name, text))
    this.#untilRetest = new Pause(clock)
    this.#backend = connect(target, {
      clock,
      random,
      admission: this.#admission,
      recovery: this.#recovery,
      onEvent: (event) => this.#heard(event),
    })
  }

  /** For reads and writes of the cache. Refuses them while invalidations are replayed. */
  get link(): RedisLink {
    return this.#backend.link
  }

  /**
   * For the replay of invalidations, which must get through before anybody else. Waits for a
   * connection up to each deadline.
   */
  get duringRecovery(): RedisLink {
    return this.#backend.duringRecovery
  }

  /** Whether commands are taken now. */
  get isReady(): boolean {
    return this.#backend.isReady && this.#isUsable === true
  }

  /** Why Redis is not used though it answers; undefined when it is, or when that is not known yet. */
  get refusal(): string | undefined {
    return this.#admission.refusal
  }

  /** Tries what the user may do there and how the server is set up. Also done by itself at first. */
  selfTest(): Promise<SelfTestResult> {
    return selfTest(
      (lane, key, name, args) =>
        this.#backend.run(lane, key, { name, args, deadline: TEST_WITHIN }),
      this.#prefix,
      this.#backend.link.isCluster,
    )
  }

  /** What Redis tells of itself. Does not reject: `connected` is false when it does not answer. */
  async statistics(): Promise<RedisStatistics> {
    const replies = await this.#backend.information(TEST_WITHIN).catch(() => [])
    return readStatistics(replies)
  }

  /**
   * Has `handler` called after each reconnection: `'same'` when the server is the one it was, so that
   * only what it did not confirm must be repeated; `'changed'` when it may have lost anything. Reads
   * wait for what handles a change, half a second at most.
   */
  onRecover(handler: RecoveryHandler): void {
    this.#recovery.onRecover(handler)
  }

  /** Opens the log, on a connection of its own. */
  openLog(keys: LogKeys): InvalidationLog {
    return new LogConnection(this.#backend.logLane(keys.log), keys)
  }

  /** True once commands are taken, false when they are not within `timeout` milliseconds. */
  async whenReady(timeout: number): Promise<boolean> {
    if (this.isReady) return true
    const pause = new Pause(this.#clock)
    this.#waiting.add(pause)
    await pause.wait(timeout, true)
    this.#waiting.delete(pause)
    return this.isReady
  }

  /** Resolves when no socket and no timer is left, also with Redis dead or frozen. */
  async close(): Promise<void> {
    this.#untilRetest.end()
    for (const pause of this.#waiting) pause.end()
    await this.#backend.close()
    await this.#tested
    // Sockets of attempts that were given up close in the last phase of the loop's turn.
    for (let turn = 0; turn < 2; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }

  #heard(event: ConnectionEvent): void {
    this.#tell(event)
    if (event.kind !== 'ready' || !this.#backend.isReady) return
    if (this.#isUsable === true) this.#wakeAll()
    else this.#tested ??= this.#testUntilUsable()
  }

  /** A user may be given what it lacks while we run, so it is tried again. */
  async #testUntilUsable(): Promise<void> {
    while (!this.#untilRetest.isOver) {
      try {
        const { usable, problems } = await this.selfTest()
        this.#report(usable, problems.join('; '))
        if (usable) return
      } catch {
        // It has gone again. The next time it is there it is tried again.
      }
      await this.#untilRetest.wait(RETEST_EVERY)
    }
  }

  #report(usable: boolean, problems: string): void {
    if (usable && this.#isUsable === false) this.#tell(ready(this.#name))
    this.#isUsable = usable
    this.#admission.refusal = usable ? undefined : problems
    if (problems !== '' && problems !== this.#reported) {
      this.#tell(usable ? warning(this.#name, problems) : refused(this.#name, problems))
    }
    this.#reported = problems
    if (usable) this.#wakeAll()
  }

  /** A listener that throws must not end what keeps the connections. */
  #tell(event: ConnectionEvent): void {
    try {
      this.#onEvent(event)
    } catch {
      // It was told, and what it does about that is its own matter.
    }
  }

  #wakeAll(): void {
    for (const pause of this.#waiting) pause.wake()
  }
}

/** ioredis is an optional peer, so it is loaded when it is needed and not before. */
const ioredis = lazyRequire<{ Redis: new (settings: object) => RedisLike }>('ioredis')

function loadDriver(): ClientFactory {
  const { Redis } = ioredis()
  return (settings) => new Redis(settings)
}
