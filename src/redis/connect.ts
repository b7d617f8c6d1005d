import { createRequire } from 'node:module'

import type { Clock } from '../clock.js'
import type { InvalidationLog } from '../tiers/shared-store.js'
import { ClusterLink } from './cluster-link.js'
import { ClusterLogLane } from './cluster-log-lane.js'
import { ClusterServers, nameOf } from './cluster-servers.js'
import { warning, type ConnectionEvent, type ConnectionListener } from './connection-event.js'
import { Dialer } from './dialer.js'
import { findMaster } from './find-master.js'
import { GuardedLink } from './guarded-link.js'
import type { RedisLink } from './link.js'
import { LogConnection, type LogKeys, type LogLane } from './log-connection.js'
import type { Endpoint } from './open-socket.js'
import { Pause } from './pause.js'
import { PendingLimit } from './pending-limit.js'
import { Recovery, type RecoveryHandler } from './recovery.js'
import type { ClientFactory, RedisLike } from './redis-like.js'
import type { RedisInput } from './redis-options.js'
import type { RedisTarget, Topology } from './redis-target.js'
import { resolveRedis } from './resolve-redis.js'
import { Server } from './server.js'

export interface ConnectOptions {
  readonly redis: RedisInput
  readonly clock: Clock
  /** The random source: 0 up to, not including, 1. */
  readonly random: () => number
  /** Hears of every change; must not throw. */
  readonly onEvent: ConnectionListener
}

/** What a way of finding servers offers. */
export interface Backend {
  readonly link: RedisLink
  readonly duringRecovery: RedisLink
  readonly isReady: boolean
  /** A connection for the log. */
  logLane(key: string): LogLane
  /** The reply to `INFO` of each master. */
  information(deadline: number): Promise<string[]>
  close(): Promise<void>
}

/** Everything between one cache and Redis. Connects when it is made, and tries again without end. */
export class RedisConnections {
  readonly #backend: Backend
  readonly #recovery: Recovery
  readonly #clock: Clock
  readonly #waiting = new Set<Pause>()

  constructor(options: ConnectOptions) {
    const { clock, random, onEvent } = options
    const target = resolveRedis(options.redis, loadDriver)
    this.#clock = clock
    this.#recovery = new Recovery(clock)
    for (const text of target.warnings) onEvent(warning(describe(target), text))
    this.#backend = connect(target, {
      clock,
      random,
      recovery: this.#recovery,
      onEvent: (event) => this.#heard(event, onEvent),
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
    return this.#backend.isReady
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
    await pause.wait(timeout)
    this.#waiting.delete(pause)
    return this.isReady
  }

  /** Resolves when no socket and no timer is left, also with Redis dead or frozen. */
  async close(): Promise<void> {
    for (const pause of this.#waiting) pause.end()
    await this.#backend.close()
    // Sockets of attempts that were given up close in the last phase of the loop's turn.
    for (let turn = 0; turn < 2; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }

  #heard(event: ConnectionEvent, onEvent: ConnectionListener): void {
    onEvent(event)
    if (!this.isReady) return
    for (const pause of this.#waiting) pause.wake()
  }
}

interface BackendOptions extends Omit<ConnectOptions, 'redis'> {
  readonly recovery: Recovery
}

function connect(target: RedisTarget, options: BackendOptions): Backend {
  const { topology } = target
  return topology.kind === 'cluster'
    ? connectCluster(target, topology.seeds, options)
    : connectSingle(target, topology, options)
}

function connectCluster(
  target: RedisTarget,
  seeds: readonly Endpoint[],
  options: BackendOptions,
): Backend {
  const { clock } = options
  const { connectTimeout } = target
  const dialer = new Dialer(target)
  const limit = new PendingLimit()
  const servers = new ClusterServers({
    ...options,
    seeds,
    dialer,
    connectTimeout,
    createServer: (endpoint, isReplacement) =>
      new Server({
        ...options,
        name: nameOf(endpoint),
        limit,
        connectTimeout,
        isReplacement,
        dial: (lane, signal) => dialer.dial(endpoint, lane, signal),
      }),
  })
  const link = new ClusterLink(servers, clock)
  return {
    link,
    duringRecovery: link.duringRecovery,
    get isReady() {
      return servers.isReady
    },
    logLane: (key) => new ClusterLogLane(link, servers, key),
    information: (deadline) =>
      Promise.all(
        servers.all.map(async (server) =>
          String(await server.run('reads', { name: 'info', args: [], deadline })),
        ),
      ),
    close: () => servers.close(),
  }
}

function connectSingle(
  target: RedisTarget,
  topology: Exclude<Topology, { kind: 'cluster' }>,
  options: BackendOptions,
): Backend {
  const { clock } = options
  const { connectTimeout } = target
  const dialer = new Dialer(target)
  const server = new Server({
    ...options,
    name: describe(target),
    limit: new PendingLimit(),
    connectTimeout,
    dial: async (lane, signal) => {
      const endpoint =
        topology.kind === 'single'
          ? topology.endpoint
          : await findMaster(topology, dialer, clock, signal)
      return dialer.dial(endpoint, lane, signal)
    },
  })
  const link = new GuardedLink(server, clock)
  return {
    link,
    duringRecovery: link.duringRecovery,
    get isReady() {
      return server.isReady
    },
    logLane: () => ({
      run: (command) => server.runDuringRecovery('log', command),
      reset: (reason) => server.reset('log', reason),
      close: () => server.closeLane('log'),
    }),
    information: async (deadline) => [
      String(await server.run('reads', { name: 'info', args: [], deadline })),
    ],
    close: () => link.close(),
  }
}

/** How the server is called in events: where it is, never how to log in. */
function describe({ topology }: RedisTarget): string {
  switch (topology.kind) {
    case 'single': {
      const { host, port, path } = topology.endpoint
      return path ?? `${host}:${port}`
    }
    case 'sentinel':
      return `${topology.master} (by sentinel)`
    case 'cluster':
      return 'cluster'
  }
}

/** ioredis is an optional peer, so it is loaded when it is needed and not before. */
function loadDriver(): ClientFactory {
  const { Redis } = createRequire(import.meta.url)('ioredis') as {
    Redis: new (settings: object) => RedisLike
  }
  return (settings) => new Redis(settings)
}
