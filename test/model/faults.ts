import type { ModelServer } from '../support/model/server.js'
import type { History } from './history.js'
import type { ModelProcess } from './model-process.js'
import type { Fault } from './scenario.js'
import type { Schedule } from './schedule.js'

/** How far a failover sets data back at most. Writes. */
export const REMEMBERED_WRITES = 8
/** Steps between two faults, at most, of those that only wait for them. */
const LONGEST_PEACE = 20

export interface FaultsOptions {
  readonly schedule: Schedule
  readonly history: History
  readonly servers: readonly ModelServer[]
  readonly processes: readonly ModelProcess[]
}

/** What goes wrong with Redis and on the way to it. */
export class Faults {
  readonly #options: FaultsOptions
  #recovering = 0

  constructor(options: FaultsOptions) {
    this.#options = options
  }

  async strike(faults: readonly Fault[]): Promise<void> {
    const { schedule, history } = this.#options
    for (const fault of faults) {
      await this.#wait(Math.floor(schedule.random() * LONGEST_PEACE))
      await schedule.step(fault.kind)
      history.note(`FAULT ${fault.kind} ${fault.choice}`)
      // One may strike while another one lasts.
      schedule.begin(this.#strike(fault))
    }
  }

  /** Everything works again. */
  heal(): void {
    const { schedule, servers, processes } = this.#options
    for (const { redis } of servers) {
      redis.isFull = false
      redis.isMisconfigured = false
    }
    for (const process of processes) {
      if (!process.network.isOpen) schedule.begin(this.#reconnect(process, false))
      process.logNetwork.connect()
    }
  }

  async #strike({ kind, choice }: Fault): Promise<void> {
    const { schedule, servers, processes } = this.#options
    const process = chosen(processes, choice)
    const server = chosen(servers, choice)
    const { redis } = server
    switch (kind) {
      case 'flush':
        return server.flush()
      case 'lose-key':
        return redis.lose(chosen(['', ...redis.names], choice))
      case 'lose-marker':
        return redis.lose(chosen(['', ...redis.names.filter(isMarker)], choice))
      case 'lose-log':
        return redis.lose(process.parts.names.logStream)
      case 'fail-over':
        return this.#failOver(server, choice)
      case 'cut':
        process.network.cut(false)
        return this.#reconnect(process, false)
      case 'cut-log':
        process.logNetwork.cut(false)
        await schedule.step('log reconnects')
        return process.logNetwork.connect()
      case 'silent-log':
        process.logNetwork.silence()
        await this.#wait(5 + choice)
        process.logNetwork.cut(false)
        return process.logNetwork.connect()
      case 'refuse':
        process.network.cut(false)
        await this.#wait(choice)
        return this.#reconnect(process, false)
      case 'memory-full':
        redis.isFull = true
        await this.#wait(choice)
        redis.isFull = false
        return
      case 'misconfigured':
        redis.isMisconfigured = true
        await this.#wait(choice)
        redis.isMisconfigured = false
        return
      case 'pause':
        return schedule.timeline.pass(choice * 400)
    }
  }

  async #failOver(server: ModelServer, choice: number): Promise<void> {
    const { schedule, history, processes } = this.#options
    server.failOver(choice % REMEMBERED_WRITES, choice % 3 === 0 ? -5_000 : 0)
    const suspended = history.suspend()
    for (const process of processes) {
      process.network.cut(true)
      process.logNetwork.cut(true)
    }
    for (const process of processes) {
      schedule.begin(this.#reconnect(process, true))
      schedule.begin(schedule.step('log reconnects').then(() => process.logNetwork.connect()))
    }
    await schedule.step('failed over')
    while (this.#recovering > 0) await schedule.step('recovering')
    for (const record of suspended) {
      const { journal } = chosen(processes, record.process).parts
      // Nobody repeats what was only expired.
      if (record.kind === 'expire') history.forget(record)
      else if (journal.depth === 0) history.reinstate(record)
    }
  }

  async #reconnect(process: ModelProcess, mayHaveLost: boolean): Promise<void> {
    this.#recovering += 1
    await this.#options.schedule.step('reconnects')
    process.network.connect()
    await process.tier.recover(mayHaveLost)
    this.#recovering -= 1
  }

  #wait(steps: number): Promise<void> {
    return this.#options.schedule.steps(steps, 'trouble')
  }
}

function isMarker(name: string): boolean {
  return name.startsWith('{') && !name.includes('#log')
}

function chosen<T>(values: readonly T[], choice: number): T {
  return values[choice % values.length] as T
}
