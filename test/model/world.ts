import type { Scheduler } from 'fast-check'

import type { Names } from '../../src/keys/names.js'
import type { RedisLink } from '../../src/redis/link.js'
import { type Fate, ScheduledNetwork } from '../support/model/network.js'
import type { ModelScripts } from '../support/model/scripts.js'
import { BOUND } from '../support/model/model-cache.js'
import { ModelServer } from '../support/model/server.js'
import { Client } from './client.js'
import { Database, KEYS } from './database.js'
import { Faults, REMEMBERED_WRITES } from './faults.js'
import { History, type Row } from './history.js'
import { ModelProcess, tagsOf } from './model-process.js'
import type { ProcessPlan, Scenario } from './scenario.js'
import { Schedule } from './schedule.js'

/** How far the clocks of two processes, and of two servers, are apart. Milliseconds. */
const APART = { processes: 5_000, servers: 3_600_000 }
const SERVER_ORIGIN = 1_700_000_000_000
/** How often each row is read in each process when nothing happens any more. */
const QUIET_READS = 4

/** What is not as it is meant to be, for tests of these tests. */
export interface Variant {
  readonly scripts?: ModelScripts
  readonly linkOf?: (link: RedisLink, names: Names) => RedisLink
}

/** A database, a Redis and some processes, all of whose steps a scheduler puts in order. */
export class World {
  readonly history: History
  quietReads = 0
  quietLoads = 0
  readonly #scenario: Scenario
  readonly #variant: Variant
  readonly #schedule: Schedule
  readonly #database: Database
  readonly #servers: readonly ModelServer[]
  readonly #processes: readonly ModelProcess[]
  readonly #clients: readonly Client[]
  readonly #faults: Faults
  #isCalm = false

  constructor(scenario: Scenario, scheduler: Scheduler, random: () => number, variant: Variant) {
    this.#scenario = scenario
    this.#variant = variant
    const schedule = new Schedule(scheduler, random)
    this.#schedule = schedule
    const history = new History({
      bound: BOUND,
      now: () => schedule.timeline.now,
      tagNamesOf: (row) => this.#tagNamesOf(row),
    })
    this.history = history
    this.#database = new Database(scenario, schedule, history)
    const database = this.#database
    const servers = Array.from({ length: scenario.servers }, (_, number) => this.#server(number))
    this.#servers = servers
    const processes = scenario.processes.map((plan, number) => this.#process(plan, number))
    this.#processes = processes
    this.#clients = processes.map(
      (process, number) => new Client({ scenario, schedule, history, database, process, number }),
    )
    this.#faults = new Faults({ schedule, history, servers, processes })
  }

  /** Runs everything, until nothing is left to go wrong. */
  async run(): Promise<void> {
    const { processes, faults, isHasty } = this.#scenario
    processes.forEach(({ clients }, number) => {
      for (const operations of clients) {
        this.#schedule.begin(this.#client(number).perform(operations))
      }
    })
    this.#schedule.begin(this.#faults.strike(faults))
    if (isHasty) this.#schedule.startTime()
    await this.#schedule.pump(() => this.#schedule.running === 0)
    await this.#rest()
    await this.#readAll()
  }

  async #rest(): Promise<void> {
    const schedule = this.#schedule
    this.#isCalm = true
    this.#database.isCalm = true
    schedule.stopTime()
    this.#faults.heal()
    await schedule.pump(() => this.#isSettled)
    const settledAt = schedule.timeline.now
    await schedule.pump(() => this.#isSettled && this.#isHeard(settledAt))
    this.history.rest()
  }

  /** After all is quiet, what was invalidated is gone everywhere, and what is read stays cached. */
  async #readAll(): Promise<void> {
    for (let round = 0; round < QUIET_READS; round += 1) {
      const before = this.history.loads
      for (const client of this.#clients) {
        for (const key of KEYS) {
          if (round > 0) this.quietReads += 1
          this.#schedule.begin(client.read(key))
        }
      }
      await this.#schedule.pump(() => this.#isSettled)
      if (round > 0) this.quietLoads += this.history.loads - before
    }
  }

  /** Whether nothing runs, nothing is left open, and Redis has confirmed everything. */
  get #isSettled(): boolean {
    if (this.#schedule.running > 0 || this.#database.loading > 0) return false
    return this.#processes.every(
      ({ parts: { journal, flights, fences } }) =>
        journal.depth === 0 && flights.size === 0 && fences.size === 0,
    )
  }

  /** Whether every process has heard of everything that was acknowledged until then. */
  #isHeard(instant: number): boolean {
    return this.#processes.every(
      ({ parts }, number) => parts.log.provenAt - APART.processes * number > instant,
    )
  }

  #server(number: number): ModelServer {
    const { scripts } = this.#variant
    return new ModelServer({
      timeline: this.#schedule.timeline,
      origin: SERVER_ORIGIN + APART.servers * number,
      remembers: REMEMBERED_WRITES,
      onPublished: ({ token, origin, names }) =>
        this.history.published(token, this.#numberOf(origin), names),
      ...(scripts === undefined ? {} : { scripts }),
    })
  }

  #process(plan: ProcessPlan, number: number): ModelProcess {
    const { linkOf } = this.#variant
    const { timeline, random } = this.#schedule
    const network = (label: string, isOrdered: boolean): ScheduledNetwork =>
      new ScheduledNetwork({
        step: (what) => this.#schedule.step(`p${number}${label} ${what}`),
        fate: () => this.#fate(),
        isOrdered,
      })
    return new ModelProcess({
      plan,
      scenario: this.#scenario,
      timeline,
      servers: this.#servers,
      network: network('', false),
      logNetwork: network(' log', true),
      origin: APART.processes * number,
      random,
      onMessage: (message) => this.history.delivered(message.token, number),
      ...(linkOf === undefined ? {} : { linkOf }),
    })
  }

  #fate(): Fate {
    const { random } = this.#schedule
    if (this.#isCalm || random() * 100 >= this.#scenario.lossRate) return 'answered'
    return random() < 0.5 ? 'late' : 'lost'
  }

  #client(number: number): Client {
    const client = this.#clients[number]
    if (client === undefined) throw new Error(`there is no process ${number}`)
    return client
  }

  #numberOf(origin: string): number {
    return this.#processes.findIndex(({ parts }) => parts.origin === origin)
  }

  #tagNamesOf(row: Row): string[] {
    const names = this.#processes[0]?.parts.names
    if (names === undefined || !this.#scenario.isTagged) return []
    return tagsOf(row).map((tag) => names.tagMarker(tag))
  }
}
