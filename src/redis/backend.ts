import type { Clock } from '../clock.js'
import type { Admission } from './admission.js'
import { ClusterLink } from './cluster-link.js'
import { ClusterLogLane } from './cluster-log-lane.js'
import { ClusterServers } from './cluster-servers.js'
import type { Command } from './command.js'
import type { ConnectionListener } from './connection-event.js'
import { Dialer } from './dialer.js'
import { findMaster } from './find-master.js'
import { GuardedLink } from './guarded-link.js'
import type { Lane } from './lane.js'
import type { RedisLink } from './link.js'
import type { LogLane } from './log-connection.js'
import { type Endpoint, nameOf } from './endpoint.js'
import { PendingLimit } from './pending-limit.js'
import type { Recovery } from './recovery.js'
import type { RedisTarget, Topology } from './redis-target.js'
import { Server } from './server.js'

/** The connections to a single server, to a master found by sentinels, or to a cluster. */
export interface Backend {
  readonly link: RedisLink
  readonly duringRecovery: RedisLink
  readonly isReady: boolean
  /** Returns a connection for the log, whose stream is `key`. */
  logLane(key: string): LogLane
  /** Sends a command to the server of `key`. Waits for a connection up to the deadline. */
  run(lane: Lane, key: string, command: Command): Promise<unknown>
  /** Resolves to the reply to `INFO` of each master. @param deadline milliseconds */
  information(deadline: number): Promise<string[]>
  close(): Promise<void>
}

export interface BackendOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly onEvent: ConnectionListener
  readonly admission: Admission
  readonly recovery: Recovery
}

/** Connects to `target` in the background. */
export function connect(target: RedisTarget, options: BackendOptions): Backend {
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
  const dialer = new Dialer(target, clock)
  const common = { ...options, connectTimeout, limit: new PendingLimit() }
  const servers = new ClusterServers({
    ...options,
    seeds,
    dialer,
    connectTimeout,
    createServer: (endpoint, isReplacement) =>
      new Server({
        ...common,
        name: nameOf(endpoint),
        afterDenial: dialer.afterDenial,
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
    run: (lane, key, command) => link.run(lane, key, command, true),
    information: (deadline) =>
      Promise.all(servers.all.map((server) => informationOf(server, deadline))),
    close: () => servers.close(),
  }
}

function connectSingle(
  target: RedisTarget,
  topology: Exclude<Topology, { kind: 'cluster' }>,
  options: BackendOptions,
): Backend {
  const { clock } = options
  const dialer = new Dialer(target, clock)
  const find = (signal: AbortSignal): Promise<Endpoint> =>
    topology.kind === 'single'
      ? Promise.resolve(topology.endpoint)
      : findMaster(topology, dialer, clock, signal)
  const server = new Server({
    ...options,
    name: describe(target),
    limit: new PendingLimit(),
    connectTimeout: target.connectTimeout,
    afterDenial: dialer.afterDenial,
    dial: async (lane, signal) => dialer.dial(await find(signal), lane, signal),
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
    run: (lane, _key, command) => server.runDuringRecovery(lane, command),
    information: async (deadline) => [await informationOf(server, deadline)],
    close: () => link.close(),
  }
}

async function informationOf(server: Server, deadline: number): Promise<string> {
  const command = { name: 'info', args: [], deadline }
  return String(await server.runDuringRecovery('reads', command, 'none'))
}

/** Returns the name of the target for events: its address, never a login. */
export function describe({ topology }: RedisTarget): string {
  switch (topology.kind) {
    case 'single':
      return topology.endpoint.path ?? nameOf(topology.endpoint)
    case 'sentinel':
      return `${topology.master} (by sentinel)`
    case 'cluster':
      return 'cluster'
  }
}
