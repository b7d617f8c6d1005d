import { randomBytes } from 'node:crypto'

import type { CallStatistics } from '../../src/observability/statistics.js'
import { type Child, startChild } from '../support/child.js'
import { HistoryChecker, type HistoryReport, type ReadEvent } from '../support/history-checker.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import type { HistoryMember, Weights } from './fixtures/history-member.js'
import { isStrict, KEYS, namespaceOf } from './fixtures/rows.js'
import type { LoopDelay, Vitals } from './fixtures/vitals.js'

const FIXTURE = new URL('./fixtures/history-member.js', import.meta.url)

/** For how long an invalidation may be under way whose process or Redis stands still. Milliseconds. */
const UNDER_WAY = 5_000

export interface HistoryOptions {
  readonly processes: number
  /** How many of each do one thing after another. */
  readonly clients: number
  readonly seed: number
  readonly weights: Weights
  /** For how long memory elsewhere may lag, in milliseconds, with what measuring adds. */
  readonly bound: number
  /** How long commands to Redis may take; what the cache has by default when it is not given. */
  readonly patience?: string
}

/** Several processes that share a cache on one Redis and a database on another, and their judge. */
export class History {
  readonly redis: RedisServer
  readonly database: RedisServer
  readonly members: readonly Child<HistoryMember>[]
  readonly #checker: HistoryChecker
  readonly #options: HistoryOptions
  /** Reads that nobody can judge yet, since what came before them is not known. */
  #noted = 0
  #pending: Omit<ReadEvent, 'isStrict'>[] = []

  private constructor(
    redis: RedisServer,
    database: RedisServer,
    members: readonly Child<HistoryMember>[],
    options: HistoryOptions,
  ) {
    this.redis = redis
    this.database = database
    this.members = members
    this.#options = options
    this.#checker = new HistoryChecker(options.bound)
  }

  static async open(options: HistoryOptions): Promise<History> {
    const [redis, database] = await Promise.all([startRedis(), startRedis()])
    const prefix = `h${randomBytes(8).toString('hex')}`
    const members = await Promise.all(
      Array.from({ length: options.processes }, (_, index) =>
        startChild<HistoryMember>(FIXTURE, {
          args: [
            redis.url,
            database.url,
            prefix,
            `${options.seed * 100 + index}`,
            options.patience ?? '',
            `${index}`,
          ],
          nodeOptions: ['--expose-gc'],
        }),
      ),
    )
    const history = new History(redis, database, members, options)
    await history.#each((member) => member.ask('connect'))
    await history.#checkClocks()
    return history
  }

  start(): Promise<unknown> {
    const { clients, weights } = this.#options
    return this.#each((member) => member.ask('start', clients, weights))
  }

  stop(): Promise<unknown> {
    return this.#each((member) => member.ask('stop'))
  }

  /** How many reads were noted, judged or not. */
  get noted(): number {
    return this.#noted
  }

  /** Collects what was noted and judges what can be judged: all of it, once everybody has stopped. */
  async judge(isOver = false): Promise<HistoryReport> {
    const notes = await this.#each((member) => member.ask('drain'))
    notes.forEach(({ invalidations }, process) => {
      for (let at = 0; at < invalidations.length; at += 4) {
        const [end = 0, key = 0, version = 0, confirmed = 0] = invalidations.subarray(at, at + 4)
        this.#checker.invalidated({ process, end, key, version, isConfirmed: confirmed === 1 })
      }
    })
    notes.forEach(({ reads, loads }, process) => {
      for (let at = 0; at < loads.length; at += 3) {
        const [load = 0, start = 0, end = 0] = loads.subarray(at, at + 3)
        this.#checker.loaded({ load, start, end })
      }
      for (let at = 0; at < reads.length; at += 5) {
        const [start = 0, end = 0, key = 0, version = 0, load = 0] = reads.subarray(at, at + 5)
        this.#noted += 1
        this.#pending.push({ process, start, end, key, version, load })
      }
    })
    const known = Math.min(...notes.map((note) => note.until))
    const until = isOver ? Number.POSITIVE_INFINITY : known - UNDER_WAY
    const later: Omit<ReadEvent, 'isStrict'>[] = []
    for (const read of this.#pending) {
      const strict = isStrict(namespaceOf(read.key))
      if (read.start < until) this.#checker.read({ ...read, isStrict: strict })
      else later.push(read)
    }
    this.#pending = later
    return this.#checker.report()
  }

  /** The rows that some process still reads in an old version. Empty once all is quiet. */
  async outdated(): Promise<string[]> {
    const versions = await this.#versions()
    const seen = await this.#each((member) => member.ask('readAll'))
    return seen.flatMap((rows, process) =>
      rows.flatMap((version, key) =>
        version === versions[key] ? [] : [`${process}:${key}: ${version} of ${versions[key]}`],
      ),
    )
  }

  /** By process: how many calls it made, how many its cache has counted, and as what. */
  accounts(): Promise<{ made: number; counted: number; sum: number; running: number }[]> {
    return this.#each(async (member) => {
      const { calls: made } = await member.ask('calls')
      const { total } = await member.ask('statistics')
      const sum = total.hits + total.misses + total.stale + total.bypassed + total.errors
      return { made, counted: total.calls, sum, running: total.running }
    })
  }

  /** Hits and calls so far of the entries that do not expire meanwhile. */
  async hits(): Promise<{ hits: number; calls: number }> {
    const all = await this.#each((member) => member.ask('statistics'))
    const totals = all.flatMap(({ namespaces }) =>
      ['bounded', 'strict'].flatMap((name): CallStatistics[] => {
        const statistics = namespaces[name]
        return statistics === undefined ? [] : [statistics]
      }),
    )
    return {
      hits: totals.reduce((sum, { hits }) => sum + hits, 0),
      calls: totals.reduce((sum, { calls }) => sum + calls, 0),
    }
  }

  /** What each process holds on to; all clients must have stopped. */
  vitals(): Promise<Vitals[]> {
    return this.#each((member) => member.ask('vitals'))
  }

  watchLoops(): Promise<unknown> {
    return this.#each((member) => member.ask('watchLoop'))
  }

  /** How late the event loop of each process was since `watchLoops`. */
  loopDelays(): Promise<LoopDelay[]> {
    return this.#each((member) => member.ask('loopDelay'))
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()))
    await Promise.all([this.redis.stop(), this.database.stop()])
  }

  async #versions(): Promise<number[]> {
    const names = Array.from({ length: KEYS }, (_, key) => `row:${key}`)
    return ((await this.database.ask('MGET', ...names)) as (string | null)[]).map(Number)
  }

  /** Instants of several processes are compared, so their clocks must be one. */
  async #checkClocks(): Promise<void> {
    for (const member of this.members) {
      const before = Number(process.hrtime.bigint()) / 1e6
      const theirs = await member.ask('clock')
      const after = Number(process.hrtime.bigint()) / 1e6
      if (theirs < before || theirs > after) {
        throw new Error('the processes of this machine do not share a monotonic clock')
      }
    }
  }

  #each<T>(ask: (member: Child<HistoryMember>, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.members.map(ask))
  }
}
