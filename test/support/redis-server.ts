import { Redis, type RedisOptions } from 'ioredis'

import { freePort } from './free-port.js'
import { redisBinary } from './redis-binary.js'
import { ServerProcess } from './server-process.js'
import { removeFolder, temporaryFolder } from './temporary-folder.js'

/**
 * What a client may be given. Without `replyMapping`, whose type the constructor of ioredis 6 does
 * not take back from its own options under `exactOptionalPropertyTypes`.
 */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>

export interface RedisServerOptions {
  /** A path to another binary than the run's. */
  readonly binary?: string
  /** A fixed port; without it a free one is found. */
  readonly port?: number
  /** Distances from the port at which further ports must be free. */
  readonly companions?: readonly number[]
  /** Writes what the server needs into its directory, and returns further arguments. */
  readonly prepare?: (directory: string, port: number) => Promise<readonly string[]>
  /** `rediss` for a server whose port speaks TLS. */
  readonly scheme?: 'redis' | 'rediss'
  /** What every client of this server needs, such as a password or a certificate authority. */
  readonly clientOptions?: ClientOptions
  /** What the server writes when it counts as started. */
  readonly readyWhen?: RegExp
  /** How long it may take to start, in milliseconds. 10 s by default. */
  readonly deadline?: number
}

const ATTEMPTS = 5
const READY = /Ready to accept connections/i
const PORT_TAKEN = /already in use|Failed listening|ended before it was ready/

/** A Redis of the test's own, on the loopback interface, with a directory of its own. */
export class RedisServer {
  readonly port: number
  readonly directory: string
  readonly #options: RedisServerOptions
  readonly #clients = new Set<Redis>()
  #arguments: readonly string[]
  #process: ServerProcess | undefined
  #questions: Redis | undefined

  constructor(
    port: number,
    directory: string,
    args: readonly string[],
    options: RedisServerOptions,
  ) {
    this.port = port
    this.directory = directory
    this.#arguments = args
    this.#options = options
  }

  get url(): string {
    return `${this.#options.scheme ?? 'redis'}://127.0.0.1:${this.port}`
  }

  /** The process that runs now; NaN when none does. It changes with every restart. */
  get pid(): number {
    return this.isRunning ? (this.#process?.pid ?? Number.NaN) : Number.NaN
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false
  }

  /** The end of the log of the process that runs now, or ran last. */
  get log(): string {
    return this.#process?.output ?? ''
  }

  /**
   * A client that `stop` closes. It reconnects within 50 ms and swallows connection errors, which
   * these tests cause on purpose.
   */
  client(options: ClientOptions = {}): Redis {
    const settings: ClientOptions = { host: '127.0.0.1', port: this.port, retryStrategy: () => 50 }
    if (this.#options.scheme === 'rediss') settings.tls = {}
    Object.assign(settings, this.#options.clientOptions, options)
    const client = new Redis(settings)
    client.on('error', () => undefined)
    this.#clients.add(client)
    return client
  }

  /**
   * Asks the server one thing on a connection that it keeps for this. A server that does not answer
   * within half a second makes it reject.
   */
  async ask(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    this.#questions ??= this.client({ commandTimeout: 500, maxRetriesPerRequest: 0 })
    return this.#questions.call(command, ...args)
  }

  /** Starts the process. Only for a server that was stopped by `kill`; `restart` does both. */
  async start(): Promise<void> {
    this.#process = await ServerProcess.start({
      binary: this.#options.binary ?? (await redisBinary()),
      arguments: this.#arguments,
      directory: this.directory,
      readyWhen: this.#options.readyWhen ?? READY,
      deadline: this.#options.deadline ?? 10_000,
    })
  }

  /** SIGKILL, as the kernel does when memory is short. Resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#process?.kill()
  }

  /** SIGSTOP: connections stay open, the kernel still accepts new ones, and nothing answers. */
  freeze(): void {
    this.#process?.signal('SIGSTOP')
  }

  /** SIGCONT: it goes on where it stopped, and reads what came meanwhile. */
  thaw(): void {
    this.#process?.signal('SIGCONT')
  }

  /**
   * Kills the process if it runs and starts it again on its port and in its directory.
   *
   * @param more arguments for this and later starts; a later argument overrides an earlier one
   */
  async restart(more: readonly string[] = []): Promise<void> {
    await this.kill()
    this.#arguments = [...this.#arguments, ...more]
    await this.start()
  }

  /** Closes its clients, ends the process and removes its directory. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect()
    this.#clients.clear()
    this.#questions = undefined
    await this.kill()
    await removeFolder(this.directory)
  }
}

/**
 * Starts a Redis from a local binary, which is installed first where there is none. It keeps nothing
 * on disk unless `args` say so.
 *
 * @param args as on the command line of redis-server; they override the defaults
 * @throws Error with the server's last words when it does not start
 */
export async function startRedis(
  args: readonly string[] = [],
  options: RedisServerOptions = {},
): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort(...(options.companions ?? [])))
    const directory = await temporaryFolder('redis')
    const prepared = (await options.prepare?.(directory, port)) ?? defaultArguments(port, directory)
    const server = new RedisServer(port, directory, [...prepared, ...args], options)
    try {
      await server.start()
      return server
    } catch (error) {
      await server.stop()
      const mayRetry = options.port === undefined && PORT_TAKEN.test(String(error))
      if (!mayRetry || attempt === ATTEMPTS) throw error
    }
  }
}

/** The arguments of a server that listens only to this machine and keeps nothing on disk. */
export function defaultArguments(port: number, directory: string): string[] {
  return commandLine({ port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no' })
}

/** `{ port: 1 }` as redis-server wants it: `--port 1`. */
export function commandLine(settings: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
}

/** Waits for servers that start together. When one fails, the others are stopped. */
export async function allOrNone(starts: readonly Promise<RedisServer>[]): Promise<RedisServer[]> {
  const results = await Promise.allSettled(starts)
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed === undefined) return started
  await Promise.all(started.map((server) => server.stop()))
  throw failed.reason
}

/** Waits until servers that belong together have found one another. When they do not, they are stopped. */
export async function healthyOrStopped(group: {
  waitUntilHealthy(): Promise<void>
  stop(): Promise<void>
}): Promise<void> {
  try {
    await group.waitUntilHealthy()
  } catch (error) {
    await group.stop()
    throw error
  }
}
