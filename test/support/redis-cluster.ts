import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Cluster, type ClusterOptions } from 'ioredis'

import { eventually } from './eventually.js'
import { freePort } from './free-port.js'
import {
  allOrNone,
  commandLine,
  defaultArguments,
  healthyOrStopped,
  type RedisServer,
  startRedis,
} from './redis-server.js'

/** What a client may be given: ioredis's options, but for those of a single node. */
export type ClusterClientOptions = Omit<ClusterOptions, 'redisOptions'> & {
  readonly redisOptions?: Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>
}

export interface RedisClusterOptions {
  /** How many masters share the slots. 3 by default. */
  readonly masters?: number
  /** How many replicas each master has. 1 by default. */
  readonly replicas?: number
  /** After how many milliseconds of silence a node counts as failed. 1 000 by default. */
  readonly nodeTimeout?: number
  /** Whether all slots stop being served when one has no master. False by default. */
  readonly fullCoverage?: boolean
  /** Further arguments of every node. */
  readonly args?: readonly string[]
}

interface PlannedNode {
  readonly id: string
  readonly port: number
  /** The number of the master that it is, or follows. */
  readonly shard: number
  readonly isMaster: boolean
}

const SLOTS = 16_384
/** A node's bus listens this far above its port. */
const BUS = 10_000
const ATTEMPTS = 3

/** A cluster on the loopback interface. */
export class RedisCluster {
  /** All nodes: first those that began as masters, in the order of their slots, then the replicas. */
  readonly nodes: readonly RedisServer[]
  readonly #masters: number
  readonly #clients = new Set<Cluster>()

  constructor(nodes: readonly RedisServer[], masters: number) {
    this.nodes = nodes
    this.#masters = masters
  }

  /** What a client is told of: every node. */
  get addresses(): string[] {
    return this.nodes.map(({ port }) => `127.0.0.1:${port}`)
  }

  /** The nodes that began as masters. A failover may have changed that since: ask `ownerOf`. */
  get masters(): readonly RedisServer[] {
    return this.nodes.slice(0, this.#masters)
  }

  get replicas(): readonly RedisServer[] {
    return this.nodes.slice(this.#masters)
  }

  /** A client of the whole cluster, which `stop` closes. */
  client(options: ClusterClientOptions = {}): Cluster {
    const seeds = this.nodes.map(({ port }) => ({ host: '127.0.0.1', port }))
    const client = new Cluster(seeds, { clusterRetryStrategy: () => 50, ...options })
    client.on('error', () => undefined)
    this.#clients.add(client)
    return client
  }

  /** The node that serves `key` now, as a node that runs sees it. */
  async ownerOf(key: string): Promise<RedisServer> {
    const slot = Number(await this.#ask('CLUSTER', 'KEYSLOT', key))
    const ranges = (await this.#ask('CLUSTER', 'SLOTS')) as [number, number, [string, number]][]
    const range = ranges.find(([first, last]) => first <= slot && slot <= last)
    const node = this.nodes.find(({ port }) => port === range?.[2][1])
    if (node === undefined) throw new Error(`no node serves slot ${slot}`)
    return node
  }

  /** A replica of `master` that is ready to take over, if there is one. */
  async replicaOf(master: RedisServer): Promise<RedisServer | undefined> {
    for (const node of this.nodes) {
      const information = String(await node.ask('INFO', 'replication'))
      if (!information.includes(`master_port:${master.port}\r`)) continue
      if (information.includes('master_link_status:up')) return node
    }
    return undefined
  }

  /**
   * Resolves when every running node sees all slots served, by nodes it does not suspect, and every
   * replica among them has caught up with its master.
   *
   * @param deadline in milliseconds; 15 s by default
   */
  async waitUntilHealthy(deadline = 15_000): Promise<void> {
    const healthy = async (): Promise<boolean> => {
      const states = await Promise.all(this.#running().map((node) => isHealthy(node)))
      return states.every(Boolean)
    }
    await eventually(healthy, deadline, 'a healthy cluster')
  }

  /** Closes the clients, ends all nodes and removes their directories. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect()
    await Promise.all(this.nodes.map((node) => node.stop()))
  }

  #running(): RedisServer[] {
    return this.nodes.filter((node) => node.isRunning)
  }

  async #ask(...command: [string, ...string[]]): Promise<unknown> {
    const node = this.#running()[0]
    if (node === undefined) throw new Error('no node of the cluster runs')
    return node.ask(...command)
  }
}

/**
 * Starts a cluster and waits until it is healthy, which takes about two seconds: a master that
 * starts does not take writes earlier. Each node finds the finished cluster in its configuration file,
 * so nothing has to meet or be assigned.
 */
export async function startCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  for (let attempt = 1; ; attempt += 1) {
    const plan = await planNodes(options.masters ?? 3, options.replicas ?? 1)
    try {
      const nodes = await allOrNone(plan.map((node) => startNode(node, plan, options)))
      const cluster = new RedisCluster(nodes, plan.filter(({ isMaster }) => isMaster).length)
      await healthyOrStopped(cluster)
      return cluster
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

async function planNodes(masters: number, replicas: number): Promise<PlannedNode[]> {
  const ports = new Set<number>()
  while (ports.size < masters * (1 + replicas)) ports.add(await freePort(BUS))
  return [...ports].map((port, index) => ({
    id: randomBytes(20).toString('hex'),
    port,
    shard: index % masters,
    isMaster: index < masters,
  }))
}

function startNode(
  node: PlannedNode,
  plan: readonly PlannedNode[],
  options: RedisClusterOptions,
): Promise<RedisServer> {
  const prepare = async (directory: string, port: number): Promise<string[]> => {
    await writeFile(join(directory, 'nodes.conf'), nodesFile(node, plan))
    const settings = commandLine({
      'cluster-enabled': 'yes',
      'cluster-config-file': 'nodes.conf',
      'cluster-node-timeout': options.nodeTimeout ?? 1_000,
      'cluster-require-full-coverage': options.fullCoverage === true ? 'yes' : 'no',
      'repl-diskless-sync-delay': 0,
    })
    return [...defaultArguments(port, directory), ...settings]
  }
  return startRedis(options.args, { port: node.port, prepare })
}

/** What `node` would have written about the cluster, had it been a part of it before. */
function nodesFile(node: PlannedNode, plan: readonly PlannedNode[]): string {
  const masters = plan.filter(({ isMaster }) => isMaster)
  const lines = plan.map((other) => {
    const address = `127.0.0.1:${other.port}@${other.port + BUS}`
    const self = other === node ? 'myself,' : ''
    const epoch = other.shard + 1
    if (!other.isMaster) {
      const master = masters[other.shard]?.id ?? '-'
      return `${other.id} ${address} ${self}slave ${master} 0 0 ${epoch} connected`
    }
    const first = Math.ceil((other.shard * SLOTS) / masters.length)
    const last = Math.ceil(((other.shard + 1) * SLOTS) / masters.length) - 1
    return `${other.id} ${address} ${self}master - 0 0 ${epoch} connected ${first}-${last}`
  })
  return [...lines, `vars currentEpoch ${masters.length} lastVoteEpoch 0`, ''].join('\n')
}

async function isHealthy(node: RedisServer): Promise<boolean> {
  const cluster = String(await node.ask('CLUSTER', 'INFO'))
  if (!/^cluster_state:ok/m.test(cluster)) return false
  if (!/^cluster_slots_ok:16384/m.test(cluster)) return false
  const replication = String(await node.ask('INFO', 'replication'))
  return /^role:master/m.test(replication) || /^master_link_status:up/m.test(replication)
}
