import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type Redis } from 'ioredis'

import { eventually } from './eventually.js'
import {
  allOrNone,
  type ClientOptions,
  healthyOrStopped,
  type RedisServer,
  startRedis,
} from './redis-server.js'

export interface RedisSentinelsOptions {
  /** How many replicas the master has. 2 by default. */
  readonly replicas?: number
  /** How many sentinels watch it; more than half of them must agree. 3 by default. */
  readonly sentinels?: number
  /** After how many milliseconds of silence a sentinel takes the master for down. 500 by default. */
  readonly downAfter?: number
  /** How long a failover may take, in milliseconds, before another is tried. 2 000 by default. */
  readonly failoverTimeout?: number
  /** Further arguments of the master and the replicas. */
  readonly args?: readonly string[]
}

const NAME = 'tested'

/** A master, its replicas, and the sentinels that watch them. */
export class RedisSentinels {
  /** What the sentinels call the master. */
  readonly name = NAME
  readonly sentinels: readonly RedisServer[]
  /** The master that was started, then the replicas. */
  readonly servers: readonly RedisServer[]

  constructor(servers: readonly RedisServer[], sentinels: readonly RedisServer[]) {
    this.servers = servers
    this.sentinels = sentinels
  }

  /** Where a client finds the sentinels. */
  get addresses(): { host: string; port: number }[] {
    return this.sentinels.map(({ port }) => ({ host: '127.0.0.1', port }))
  }

  /** A client that asks the sentinels for the master, and that `stop` closes. */
  client(options: ClientOptions = {}): Redis {
    const [first] = this.sentinels
    if (first === undefined) throw new Error('no sentinel was started')
    return first.client({
      sentinels: this.addresses,
      name: NAME,
      sentinelRetryStrategy: () => 50,
      ...options,
    })
  }

  /** The server that the sentinels take for the master now. */
  async master(): Promise<RedisServer> {
    const running = this.sentinels.find((sentinel) => sentinel.isRunning)
    if (running === undefined) throw new Error('no sentinel runs')
    const address = await running.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)
    const port = Array.isArray(address) ? Number(address[1]) : Number.NaN
    const server = this.servers.find((candidate) => candidate.port === port)
    if (server === undefined) throw new Error('the sentinels know no master')
    return server
  }

  /**
   * Resolves when every running sentinel knows the others and agrees on a master that runs, and every
   * other running server replicates it.
   *
   * After a failover this may take ten seconds and more: sentinels that vote for themselves at the
   * same moment try again later, and one that could not reach a replica corrects it at leisure.
   *
   * @param deadline in milliseconds; 30 s by default
   */
  async waitUntilHealthy(deadline = 30_000): Promise<void> {
    await eventually(() => this.#isHealthy(), deadline, 'agreed sentinels')
  }

  /** Closes the clients, ends all servers and removes their directories. */
  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.stop()))
  }

  async #isHealthy(): Promise<boolean> {
    const master = await this.master()
    if (!master.isRunning) return false
    const views = await Promise.all(
      this.sentinels
        .filter((sentinel) => sentinel.isRunning)
        .map((sentinel) => agrees(sentinel, master, this)),
    )
    const replicas = this.servers.filter((server) => server.isRunning && server !== master)
    const links = await Promise.all(replicas.map((replica) => replicates(replica, master)))
    return [...views, ...links].every(Boolean)
  }
}

/** Starts a master, its replicas and its sentinels, and waits about two seconds until they agree. */
export async function startSentinels(options: RedisSentinelsOptions = {}): Promise<RedisSentinels> {
  const args = ['--repl-diskless-sync-delay', '0', ...(options.args ?? [])]
  const master = await startRedis(args)
  const replicaArguments = [...args, '--replicaof', '127.0.0.1', String(master.port)]
  const others = await allOrNone([
    ...repeat(options.replicas ?? 2, () => startRedis(replicaArguments)),
    ...repeat(options.sentinels ?? 3, () => startSentinel(master, options)),
  ]).catch(async (error: unknown) => {
    await master.stop()
    throw error
  })
  const replicas = others.slice(0, options.replicas ?? 2)
  const all = new RedisSentinels([master, ...replicas], others.slice(replicas.length))
  await healthyOrStopped(all)
  return all
}

function startSentinel(master: RedisServer, options: RedisSentinelsOptions): Promise<RedisServer> {
  const quorum = Math.floor((options.sentinels ?? 3) / 2) + 1
  const prepare = async (directory: string, port: number): Promise<string[]> => {
    const file = join(directory, 'sentinel.conf')
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${master.port} ${quorum}`,
      `sentinel down-after-milliseconds ${NAME} ${options.downAfter ?? 500}`,
      `sentinel parallel-syncs ${NAME} ${options.replicas ?? 2}`,
      `sentinel failover-timeout ${NAME} ${options.failoverTimeout ?? 2_000}`,
      '',
    ]
    await writeFile(file, lines.join('\n'))
    return [file, '--sentinel']
  }
  return startRedis([], { prepare, readyWhen: /\+monitor master/ })
}

async function agrees(
  sentinel: RedisServer,
  master: RedisServer,
  all: RedisSentinels,
): Promise<boolean> {
  const reply = await sentinel.ask('SENTINEL', 'MASTER', NAME)
  const view = fieldsOf(reply)
  return (
    view['port'] === String(master.port) &&
    !/down|failover/.test(view['flags'] ?? 'down') &&
    view['num-other-sentinels'] === String(all.sentinels.length - 1) &&
    view['num-slaves'] === String(all.servers.length - 1)
  )
}

async function replicates(replica: RedisServer, master: RedisServer): Promise<boolean> {
  const information = String(await replica.ask('INFO', 'replication'))
  return (
    information.includes(`master_port:${master.port}\r`) &&
    information.includes('master_link_status:up')
  )
}

/** A reply of names and values in turn, as the second version of the protocol has it. */
function fieldsOf(reply: unknown): Record<string, string> {
  const fields: Record<string, string> = {}
  if (!Array.isArray(reply)) return fields
  for (let index = 0; index + 1 < reply.length; index += 2) {
    fields[String(reply[index])] = String(reply[index + 1])
  }
  return fields
}

function repeat<T>(times: number, make: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: times }, make)
}
