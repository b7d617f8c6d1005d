import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { ChildFunctions, ChildReply, ChildRequest } from './child-channel.js'
import { deferred, type Deferred } from './gate.js'

export interface ChildOptions {
  /** Command line arguments of the fixture. */
  readonly args?: readonly string[]
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** Options of Node itself, such as `--import` of something that skews the clock. */
  readonly nodeOptions?: readonly string[]
  /** How long it may take to be ready, in milliseconds. 10 s by default. */
  readonly deadline?: number
}

type Returned<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never

const KEPT_OUTPUT = 20_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Another Node process that runs a fixture and answers questions. */
export class Child<F extends ChildFunctions> {
  readonly #process: ChildProcess
  readonly #ready = deferred<void>()
  readonly #exited = deferred<void>()
  readonly #questions = new Map<number, Deferred<unknown>>()
  #output = ''
  #count = 0

  constructor(fixture: URL, options: ChildOptions) {
    this.#process = fork(fileURLToPath(fixture), options.args ?? [], {
      env: { ...process.env, ...options.environment },
      execArgv: ['--enable-source-maps', ...(options.nodeOptions ?? [])],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    running.add(this.#process)
    this.#process.on('message', (reply: ChildReply) => this.#receive(reply))
    this.#process.once('error', () => this.#end())
    this.#process.once('exit', () => this.#end())
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT)
      })
    }
    // Whoever asks is told of an end by the question; nobody has to wait for readiness.
    this.#ready.promise.catch(() => undefined)
  }

  get pid(): number {
    return this.#process.pid ?? Number.NaN
  }

  get isRunning(): boolean {
    return running.has(this.#process)
  }

  /** The last 20 000 characters that it wrote to its output and its errors. */
  get output(): string {
    return this.#output
  }

  /** Resolves when the fixture serves. */
  ready(): Promise<void> {
    return this.#ready.promise
  }

  /**
   * Has the fixture call one of its functions and returns the answer.
   *
   * @throws Error with the message of what the function threw, or when the process ends first
   */
  ask<N extends keyof F & string>(name: N, ...args: Parameters<F[N]>): Promise<Returned<F[N]>> {
    if (!this.isRunning) return Promise.reject(this.#ended())
    const question = deferred<unknown>()
    const request: ChildRequest = { id: ++this.#count, name, args }
    this.#questions.set(request.id, question)
    this.#process.send(request, (error) => {
      if (error !== null) this.#questions.get(request.id)?.reject(error)
    })
    return question.promise as Promise<Returned<F[N]>>
  }

  /** Lets the fixture end by itself: it is told that nobody will ask any more. */
  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect()
    await this.#exited.promise
  }

  /** SIGKILL: it ends without a chance to clean up. Resolves when it has ended. */
  async kill(): Promise<void> {
    if (this.isRunning) this.#process.kill('SIGKILL')
    await this.#exited.promise
  }

  /** SIGSTOP: it stands still, and its connections stay open. */
  freeze(): void {
    this.#process.kill('SIGSTOP')
  }

  /** SIGCONT: it goes on, and its timers find out how late it is. */
  thaw(): void {
    this.#process.kill('SIGCONT')
  }

  #receive(reply: ChildReply): void {
    if (reply.kind === 'ready') {
      this.#ready.resolve()
      return
    }
    const question = this.#questions.get(reply.id)
    this.#questions.delete(reply.id)
    if (reply.kind === 'value') question?.resolve(reply.value)
    else question?.reject(new Error(reply.message))
  }

  #end(): void {
    running.delete(this.#process)
    this.#ready.reject(this.#ended())
    for (const question of this.#questions.values()) question.reject(this.#ended())
    this.#questions.clear()
    this.#exited.resolve()
  }

  #ended(): Error {
    return new Error(`the child process has ended:\n${this.#output.slice(-2_000)}`)
  }
}

/**
 * Starts a fixture (a compiled module that calls `serveParent`) in a process of its own and waits
 * until it serves.
 *
 * @example
 * const fixture = new URL('./fixtures/adder.js', import.meta.url)
 * const child = await startChild<AdderFunctions>(fixture)
 * await child.ask('add', 1, 2) // 3
 */
export async function startChild<F extends ChildFunctions>(
  fixture: URL,
  options: ChildOptions = {},
): Promise<Child<F>> {
  const child = new Child<F>(fixture, options)
  const deadline = options.deadline ?? 10_000
  const timer = setTimeout(() => void child.kill(), deadline)
  try {
    await child.ready()
  } finally {
    clearTimeout(timer)
  }
  return child
}
