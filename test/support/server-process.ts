import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { constants as system } from 'node:os'

export interface ServerCommand {
  readonly binary: string
  readonly arguments: readonly string[]
  readonly directory: string
  /** What the server writes when it serves. */
  readonly readyWhen: RegExp
  /** How long it may take to write that, in milliseconds. */
  readonly deadline: number
}

/** With it the kernel kills a server whose test process was killed and could not clean up. */
const SET_PRIVILEGE = '/usr/bin/setpriv'

const KEPT_OUTPUT = 20_000

/** What still runs: killed when this process ends, however it ends. */
const running = new Set<ServerProcess>()
process.once('exit', () => {
  for (const server of running) server.signal('SIGKILL')
})

/** A server that was started and has said that it is ready. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  #output = ''

  private constructor(command: ServerCommand) {
    const [binary, ...firstArguments] = killedWithParent(command.binary)
    this.#child = spawn(binary, [...firstArguments, ...command.arguments], {
      cwd: command.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(this)
    this.#exited = new Promise((resolve) => {
      const finish = (): void => {
        running.delete(this)
        resolve()
      }
      this.#child.once('error', finish)
      this.#child.once('exit', finish)
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT)
      })
    }
  }

  /**
   * Starts the server and waits until it is ready.
   *
   * @throws Error with the end of the server's output when it ends first or the deadline passes
   */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command)
    try {
      await server.#untilReady(command)
    } catch (error) {
      await server.kill()
      throw error
    }
    server.#letProcessEnd()
    return server
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN
  }

  get isRunning(): boolean {
    return running.has(this)
  }

  /** The last 20 000 characters that the server wrote. */
  get output(): string {
    return this.#output
  }

  /** Sends `signal`; a server that has ended gets none. */
  signal(signal: NodeJS.Signals): void {
    if (this.isRunning && this.#child.pid !== undefined) {
      process.kill(this.#child.pid, system.signals[signal])
    }
  }

  /** Ends the server at once, also when it is frozen, and waits until it has ended. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#exited
  }

  /** Resolves when the server has ended. */
  async exited(): Promise<void> {
    await this.#exited
  }

  #untilReady(command: ServerCommand): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => {
        const end = this.#output.trim().split('\n').slice(-8).join('\n')
        reject(new Error(`${command.binary} ${what}:\n${end}`))
      }
      const timer = setTimeout(
        () => fail(`was not ready in ${command.deadline} ms`),
        command.deadline,
      )
      const look = (): void => {
        if (!command.readyWhen.test(this.#output)) return
        clearTimeout(timer)
        this.#child.stdout?.off('data', look)
        resolve()
      }
      this.#child.stdout?.on('data', look)
      this.#child.once('error', (error) => {
        clearTimeout(timer)
        reject(error)
      })
      this.#child.once('close', () => {
        clearTimeout(timer)
        fail('ended before it was ready')
      })
    })
  }

  /** A server that a test forgot must not keep the test process alive. */
  #letProcessEnd(): void {
    this.#child.unref()
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
    }
  }
}

function killedWithParent(binary: string): [string, ...string[]] {
  try {
    accessSync(SET_PRIVILEGE, constants.X_OK)
    return [SET_PRIVILEGE, '--pdeathsig', 'KILL', binary]
  } catch {
    return [binary]
  }
}
