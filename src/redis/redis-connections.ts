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
  /** What all our keys begin with, possibly after an opening brace. */
  readonly prefix: string
  readonly clock: Clock
  /** Returns a random number from 0 up to, but not including, 1. */
  readonly random: () => number
  /** Called with every change. Exceptions are ignored. */
  readonly onEvent: ConnectionListener
}

/** Deadline of commands that are not part of a call, in milliseconds. */
const TEST_WITHIN = 1_000
/** Milliseconds until an unusable server is tested again. */
const RETEST_EVERY = 10_000

/**
 * All connections between one cache and Redis. Connects on construction, and reconnects forever.
 */
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
    for (const text of target.warnings) this.#emit(warning(this.#name, text))
    this.#untilRetest = new Pause(clock)
    this.#backend = connect(target, {
      clock,
      random,
      admission: this.#admission,
      recovery: this.#recovery,
      onEvent: (event) => this.#handle(event),
    })
  }

  /** The link for reads and writes. It refuses them while invalidations are replayed. */
  get link(): RedisLink {
    return this.#backend.link
  }

  /**
   * The link for the replay of invalidations, which must precede all other commands. Waits for a
   * connection until the deadline of each command.
   */
  get duringRecovery(): RedisLink {
    return this.#backend.duringRecovery
  }

  /** Whether commands are accepted now. */
  get isReady(): boolean {
    return this.#backend.isReady && this.#isUsable === true
  }

  /** Why Redis is not used although it answers; undefined when it is used or not tested yet. */
  get refusal(): string | undefined {
    return this.#admission.refusal
  }

  /** Tests the user's permissions and the server's configuration. Also runs once connected. */
  selfTest(): Promise<SelfTestResult> {
    return selfTest(
      (lane, key, name, args) =>
        this.#backend.run(lane, key, { name, args, deadline: TEST_WITHIN }),
      this.#prefix,
      this.#backend.link.isCluster,
    )
  }

  /** Resolves to Redis' own statistics. Never rejects: `connected` is false without an answer. */
  async statistics(): Promise<RedisStatistics> {
    const replies = await this.#backend.information(TEST_WITHIN).catch(() => [])
    return readStatistics(replies)
  }

  /**
   * Registers a handler for reconnections. `'same'`: the server is the same, so only unconfirmed
   * writes must be repeated. `'changed'`: the server may have lost any write; reads wait for the
   * handlers, but no longer than half a second.
   */
  onRecover(handler: RecoveryHandler): void {
    this.#recovery.onRecover(handler)
  }

  /** Opens the log on a connection of its own. */
  openLog(keys: LogKeys): InvalidationLog {
    return new LogConnection(this.#backend.logLane(keys.log), keys)
  }

  /** Resolves to true once commands are accepted, to false after `timeout` milliseconds. */
  async whenReady(timeout: number): Promise<boolean> {
    if (this.isReady) return true
    const pause = new Pause(this.#clock)
    this.#waiting.add(pause)
    await pause.wait(timeout, true)
    this.#waiting.delete(pause)
    return this.isReady
  }

  /** Resolves when no socket and no timer is left, even if Redis is down or frozen. */
  async close(): Promise<void> {
    this.#untilRetest.end()
    for (const pause of this.#waiting) pause.end()
    await this.#backend.close()
    await this.#tested
    // Abandoned sockets are closed in the last phase of the event loop's turn.
    for (let turn = 0; turn < 2; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }

  #handle(event: ConnectionEvent): void {
    this.#emit(event)
    if (event.kind !== 'ready' || !this.#backend.isReady) return
    if (this.#isUsable === true) this.#wakeAll()
    else this.#tested ??= this.#testUntilUsable()
  }

  /** Repeats the self-test, because the user may be granted missing permissions meanwhile. */
  async #testUntilUsable(): Promise<void> {
    while (!this.#untilRetest.isOver) {
      try {
        const { usable, problems } = await this.selfTest()
        this.#report(usable, problems.join('; '))
        if (usable) return
      } catch {
        // The connection was lost. The self-test is repeated until it succeeds.
      }
      await this.#untilRetest.wait(RETEST_EVERY)
    }
  }

  #report(usable: boolean, problems: string): void {
    if (usable && this.#isUsable === false) this.#emit(ready(this.#name))
    this.#isUsable = usable
    this.#admission.refusal = usable ? undefined : problems
    if (problems !== '' && problems !== this.#reported) {
      this.#emit(usable ? warning(this.#name, problems) : refused(this.#name, problems))
    }
    this.#reported = problems
    if (usable) this.#wakeAll()
  }

  /** Reports an event. A listener that throws must not disturb the connections. */
  #emit(event: ConnectionEvent): void {
    try {
      this.#onEvent(event)
    } catch {
      // What the listener does with an event is its own responsibility.
    }
  }

  #wakeAll(): void {
    for (const pause of this.#waiting) pause.wake()
  }
}

/** ioredis is an optional peer dependency, so it is loaded on demand. */
const ioredis = lazyRequire<{ Redis: new (settings: object) => RedisLike }>('ioredis')

function loadDriver(): ClientFactory {
  const { Redis } = ioredis()
  return (settings) => new Redis(settings)
}
