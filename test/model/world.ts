import type { Scheduler } from 'fast-check'

import type { Target } from '../../src/engine/journal.js'
import { CacheLoadTimeoutError } from '../../src/errors.js'
import type { LogMessage } from '../../src/tiers/shared-store.js'
import { type Fate, ScheduledNetwork } from '../support/model/network.js'
import type { ModelScripts } from '../support/model/scripts.js'
import { ModelServer } from '../support/model/server.js'
import { Timeline } from '../support/model/timeline.js'
import { seededRandom } from '../support/random.js'
import { History, type Row } from './history.js'
import { BOUND, ModelProcess, tagsOf } from './model-process.js'
import type { Fault, Operation, Scenario } from './scenario.js'

const KEYS = ['x', 'y']
const SCOPES = ['north', 'south']
/** How far a failover sets data back at most. Writes. */
const REMEMBERED_WRITES = 8
/** One load in so many fails, where a stale row may stand in for it. */
const FAILING_LOADS = 6
/** How far the clocks of two processes are apart. Milliseconds. */
const ORIGIN = 5_000
const QUIET_READS = 4
/** How far time goes in one step at most. Milliseconds. */
const LEAPS = [10, 100, Infinity]

/** Thrown by loads of the model, on purpose. */
class LoadFailure extends Error {}

function isExpected(error: unknown): boolean {
  return error instanceof LoadFailure || error instanceof CacheLoadTimeoutError
}

/** A database, a Redis and two processes, all of whose steps a scheduler puts in order. */
export class World {
  readonly history: History
  readonly processes: readonly ModelProcess[]
  quietReads = 0
  quietLoads = 0
  readonly #scenario: Scenario
  readonly #scheduler: Scheduler
  readonly #timeline = new Timeline()
  readonly #random: () => number
  readonly #servers: readonly ModelServer[]
  readonly #rows = new Map(KEYS.map((key) => [key, 1]))
  #running = 0
  #recovering = 0
  #loading = 0
  #isOver = false
  /** Faults are over, and every load succeeds. */
  #isCalm = false
  readonly #failures: unknown[] = []

  constructor(scenario: Scenario, scheduler: Scheduler, scripts?: ModelScripts) {
    this.#scenario = scenario
    this.#scheduler = scheduler
    this.#random = seededRandom(scenario.seed)
    this.#servers = Array.from(
      { length: scenario.servers },
      (_, index) =>
        new ModelServer({
          timeline: this.#timeline,
          origin: 1_700_000_000_000 + index * 3_600_000,
          remembers: REMEMBERED_WRITES,
          onPublished: ({ token, origin, names }) =>
            this.history.published(token, this.#processOf(origin), names),
          ...(scripts === undefined ? {} : { scripts }),
        }),
    )
    this.history = new History({
      bound: BOUND,
      now: () => this.#timeline.now,
      tagNamesOf: (row) => (scenario.isTagged ? this.#tagNamesOf(row) : []),
    })
    this.processes = scenario.processes.map((plan, index) => {
      const step = (label: string): Promise<void> => this.#step(`p${index} ${label}`)
      return new ModelProcess({
        plan,
        scenario,
        timeline: this.#timeline,
        servers: this.#servers,
        network: new ScheduledNetwork({ step, fate: () => this.#fate(), isOrdered: false }),
        logNetwork: new ScheduledNetwork({
          step: (label) => step(`log ${label}`),
          fate: () => this.#fate(),
          isOrdered: true,
        }),
        origin: ORIGIN * index,
        random: this.#random,
        onMessage: (message) => this.#heard(message, index),
      })
    })
  }

  /** Runs everything, until nothing is left to go wrong. */
  async run(): Promise<void> {
    const { processes, faults, isHasty } = this.#scenario
    processes.forEach(({ clients }, index) => {
      for (const operations of clients) this.#begin(this.#client(index, operations))
    })
    this.#begin(this.#chaos(faults))
    if (isHasty) void this.#passTime()
    await this.#pump(() => this.#running === 0)
    await this.#rest()
    await this.#readAll()
    this.#isOver = true
    if (this.#failures.length > 0) throw this.#failures[0]
  }

  async #rest(): Promise<void> {
    this.#isCalm = true
    for (const server of this.#servers) {
      server.redis.isFull = false
      server.redis.isMisconfigured = false
    }
    for (const process of this.processes) {
      if (!process.network.isOpen) this.#begin(this.#reconnect(process, false))
      process.logNetwork.connect()
    }
    await this.#pump(() => this.#running === 0 && this.#isSettled)
    const settledAt = this.#timeline.now
    await this.#pump(() => this.#running === 0 && this.#isSettled && this.#isHeard(settledAt))
    for (const process of this.processes) {
      const { fences, flights, journal } = process.parts
      if (fences.size > 0 || flights.size > 0)
        throw new Error(`${fences.size} fences, ${flights.size} flights are left`)
      if (journal.depth > 0) throw new Error(`${journal.depth} invalidations were never confirmed`)
    }
  }

  get #isSettled(): boolean {
    if (this.#loading > 0) return false
    return this.processes.every(
      ({ parts }) =>
        parts.journal.depth === 0 && parts.flights.size === 0 && parts.fences.size === 0,
    )
  }

  /** Whether every process has heard of everything that was acknowledged until then. */
  #isHeard(instant: number): boolean {
    return this.processes.every(({ parts }, index) => parts.log.provenAt - ORIGIN * index > instant)
  }

  /** After all is quiet, what was invalidated is gone everywhere, and what is read stays cached. */
  async #readAll(): Promise<void> {
    this.history.rest()
    for (let round = 0; round < QUIET_READS; round += 1) {
      const before = this.history.loads
      for (const [index] of this.processes.entries()) {
        for (const key of KEYS) {
          if (round > 0) this.quietReads += 1
          this.#begin(this.#read(index, key, this.#scopeOf(0)))
        }
      }
      await this.#pump(() => this.#running === 0 && this.#isSettled)
      if (round > 0) this.quietLoads += this.history.loads - before
    }
  }

  // The steps.

  #step(label: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), label)
  }

  #begin(work: Promise<unknown>): void {
    this.#running += 1
    work.then(
      () => {
        this.#running -= 1
      },
      (error: unknown) => {
        this.#running -= 1
        if (!isExpected(error)) this.#failures.push(error)
      },
    )
  }

  /** Takes steps until `isDone`; lets time pass when there is none. */
  async #pump(isDone: () => boolean): Promise<void> {
    await turn()
    while (!isDone()) {
      if (this.#scheduler.count() === 0) {
        const fire = this.#timeline.next()
        if (fire === undefined) throw new Error('everybody waits for somebody else')
        fire()
        await turn()
      } else {
        await this.#scheduler.waitOne()
        await turn()
      }
      if (this.#failures.length > 0) throw this.#failures[0]
    }
  }

  async #passTime(): Promise<void> {
    while (!this.#isOver && !this.#isCalm) {
      await this.#step('time')
      const fire = this.#timeline.next(LEAPS[Math.floor(this.#random() * LEAPS.length)])
      // A timer may be late, as in a process that was suspended.
      if (fire !== undefined) void this.#step('timer').then(fire)
    }
  }

  #fate(): Fate {
    if (this.#isCalm || this.#random() * 100 >= this.#scenario.lossRate) return 'answered'
    return this.#random() < 0.5 ? 'late' : 'lost'
  }

  // The clients.

  async #client(process: number, operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      await this.#step(`p${process} ${operation.kind}`)
      try {
        await this.#perform(process, operation)
      } catch (error) {
        if (!isExpected(error)) throw error
      }
    }
  }

  async #perform(
    process: number,
    { kind, key: keyIndex, scope: scopeIndex }: Operation,
  ): Promise<void> {
    const key = KEYS[keyIndex % KEYS.length] ?? ''
    const scope = this.#scopeOf(scopeIndex)
    const { entry, caller } = this.#process(process)
    switch (kind) {
      case 'read':
        return this.#read(process, key, scope)
      case 'many':
        return this.#readMany(process, scope)
      case 'look-up':
        return this.#lookUp(process, key, scope)
      case 'peek':
        return this.#peek(process, key, scope)
      case 'refresh':
        return this.#refresh(process, key, scope)
      case 'put':
        await this.#put(process, key, scope)
        return
      case 'unit':
      case 'failing-unit':
        return this.#unit(process, key, scope, kind === 'failing-unit')
      case 'expire':
        return this.#expire(process, key, scope)
      case 'evict':
        return this.#invalidate(process, kind, [key], () => [
          entry.targetOf(this.#keyOf(process, key, scope)),
        ])
      case 'evict-both':
        return this.#invalidate(process, kind, KEYS, () =>
          KEYS.map((each) => entry.targetOf(this.#keyOf(process, each, scope))),
        )
      case 'invalidate-tag':
        return this.#invalidate(process, kind, [key], ([before]) =>
          this.#tagTargets(process, before, keyIndex + scopeIndex),
        )
      case 'clear-namespace':
        return this.#invalidate(process, kind, KEYS, () => [
          caller.namespaceTarget(entry.policy.namespace),
        ])
      case 'clear-entry':
        return this.#invalidate(process, kind, KEYS, () => [entry.wholeTarget()])
      case 'clear-scope':
        return this.#invalidate(process, kind, KEYS, () => [
          caller.scopeTarget(entry.policy.namespace, scope ?? ''),
        ])
    }
  }

  async #read(process: number, key: string, scope: string | undefined): Promise<void> {
    const read = this.#readBegins('read', process, key, scope, this.#process(process).isStrict)
    const load = (): Promise<Row> => this.#load(process, key)
    this.history.readEnds(read, await this.#process(process).read(key, scope, load))
  }

  async #readMany(process: number, scope: string | undefined): Promise<void> {
    const reads = KEYS.map((key) =>
      this.#readBegins('many', process, key, scope, this.#process(process).isStrict),
    )
    const rows = await this.#process(process).readMany(KEYS, scope, (keys) =>
      this.#loadAll(process, keys),
    )
    reads.forEach((read, index) => this.history.readEnds(read, (rows as Row[])[index] as Row))
  }

  async #lookUp(process: number, key: string, scope: string | undefined): Promise<void> {
    const { entry, isStrict } = this.#process(process)
    const read = this.#readBegins('look-up', process, key, scope, isStrict)
    const found = await entry.lookUp(this.#keyOf(process, key, scope), scope)
    if (found !== undefined) this.history.readEnds(read, found.value as Row)
  }

  #peek(process: number, key: string, scope: string | undefined): void {
    const read = this.#readBegins('peek', process, key, scope, false)
    const found = this.#process(process).entry.peek(this.#keyOf(process, key, scope))
    if (found !== undefined) this.history.readEnds(read, found.value as Row)
  }

  async #refresh(process: number, key: string, scope: string | undefined): Promise<void> {
    const { entry, isStrict } = this.#process(process)
    const read = this.#readBegins('refresh', process, key, scope, isStrict)
    const load = (): Promise<Row> => this.#load(process, key)
    const row = await entry.refresh(this.#keyOf(process, key, scope), scope, load, undefined, [key])
    this.history.readEnds(read, row as Row)
  }

  /** Changes rows, and then invalidates what stands for them. */
  async #invalidate(
    process: number,
    kind: string,
    keys: readonly string[],
    targetsOf: (before: readonly Row[]) => readonly Target[],
  ): Promise<void> {
    const before = keys.map((key) => this.#row(key))
    for (const key of keys) this.#change(process, key)
    await this.#step(`p${process} changed`)
    const targets = targetsOf(before)
    const record = this.#invalidationBegins(process, kind, targets)
    const { durable } = await this.#process(process).caller.evict(targets)
    this.history.invalidationEnds(record, durable)
  }

  async #put(process: number, key: string, scope: string | undefined): Promise<Row> {
    const { entry, caller, units } = this.#process(process)
    const operation = await entry.beginPut(this.#keyOf(process, key, scope), scope)
    await this.#step(`p${process} putting`)
    const row = this.#change(process, key)
    await this.#step(`p${process} changed`)
    if (units.current() !== undefined) {
      await caller.put(entry, operation, row, [key], true)
      return row
    }
    const record = this.#invalidationBegins(
      process,
      'put',
      [entry.targetFor(operation.id)],
      new Map([[key, row.version]]),
    )
    const { durable } = await caller.put(entry, operation, row, [key], true)
    this.history.invalidationEnds(record, durable)
    return row
  }

  async #expire(process: number, key: string, scope: string | undefined): Promise<void> {
    const { entry } = this.#process(process)
    try {
      await entry.expire(this.#keyOf(process, key, scope))
    } catch {
      // Redis did not answer: nothing is promised.
    }
  }

  /** A transaction: rows change, what stands for them is evicted or put, and sent at the end. */
  async #unit(
    process: number,
    key: string,
    scope: string | undefined,
    fails: boolean,
  ): Promise<void> {
    const { units, caller, entry, parts } = this.#process(process)
    const other = KEYS.find((each) => each !== key) ?? key
    const targets = [key, other].map((each) => entry.targetOf(this.#keyOf(process, each, scope)))
    let record: ReturnType<History['invalidationBegins']> | undefined
    const work = async (): Promise<void> => {
      this.#change(process, key)
      await caller.evict(targets.slice(0, 1))
      await this.#step(`p${process} in unit`)
      const read = this.#readBegins('read in unit', process, key, scope, false)
      const floor = this.#row(key).version
      const load = (): Promise<Row> => this.#load(process, key)
      const row = await this.#process(process).read(key, scope, load)
      this.history.readEnds(read, row)
      if (row.version < floor)
        this.history.violations.push('a unit of work read what it had changed')
      const put = await this.#put(process, other, scope)
      const floors = new Map(this.#rows)
      if (!fails) floors.set(other, put.version)
      record = this.#invalidationBegins(process, fails ? 'failing-unit' : 'unit', targets, floors)
      if (fails) throw new LoadFailure()
    }
    try {
      await units.run(work)
    } finally {
      const isDurable = !targets.some(({ name }) => parts.journal.isQuarantined(name))
      if (record !== undefined) this.history.invalidationEnds(record, isDurable)
    }
  }

  // The faults.

  async #chaos(faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) {
      await this.#step(fault.kind)
      this.history.note(`FAULT ${fault.kind} ${fault.choice}`)
      await this.#strike(fault)
    }
  }

  async #strike({ kind, choice }: Fault): Promise<void> {
    const process = this.#process(choice % this.processes.length)
    const server = this.#servers[choice % this.#servers.length]
    if (server === undefined) return
    const { redis } = server
    switch (kind) {
      case 'flush':
        return server.flush()
      case 'lose-key': {
        const names = redis.names
        return redis.lose(names[choice % Math.max(1, names.length)] ?? '')
      }
      case 'fail-over':
        return this.#failOver(server, choice)
      case 'cut':
        process.network.cut(false)
        return this.#reconnect(process, false)
      case 'cut-log':
        process.logNetwork.cut(false)
        await this.#step('log reconnects')
        return process.logNetwork.connect()
      case 'refuse':
        process.network.cut(false)
        await this.#steps(choice)
        return this.#reconnect(process, false)
      case 'memory-full':
        redis.isFull = true
        await this.#steps(choice)
        redis.isFull = false
        return
      case 'misconfigured':
        redis.isMisconfigured = true
        await this.#steps(choice)
        redis.isMisconfigured = false
        return
      case 'pause':
        return this.#timeline.pass(choice * 200)
    }
  }

  async #failOver(server: ModelServer, choice: number): Promise<void> {
    server.failOver(choice % REMEMBERED_WRITES, choice % 3 === 0 ? -5_000 : 0)
    const suspended = this.history.suspend()
    for (const process of this.processes) {
      process.network.cut(true)
      process.logNetwork.cut(true)
    }
    for (const process of this.processes) {
      this.#begin(this.#reconnect(process, true))
      this.#begin(this.#step('log reconnects').then(() => process.logNetwork.connect()))
    }
    await this.#step('failed over')
    while (this.#recovering > 0) await this.#step('recovering')
    for (const record of suspended) {
      if (this.#process(record.process).parts.journal.depth === 0) this.history.reinstate(record)
    }
  }

  async #reconnect(process: ModelProcess, mayHaveLost: boolean): Promise<void> {
    this.#recovering += 1
    await this.#step('reconnects')
    process.network.connect()
    await process.tier.recover(mayHaveLost)
    this.#recovering -= 1
  }

  async #steps(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.#step('trouble')
  }

  // The database.

  #row(key: string): Row {
    return { key, version: this.#rows.get(key) ?? 0 }
  }

  #change(process: number, key: string): Row {
    this.#rows.set(key, (this.#rows.get(key) ?? 0) + 1)
    this.history.note(`p${process} writes ${key}${this.#rows.get(key)}`)
    return this.#row(key)
  }

  async #load(process: number, key: string): Promise<Row> {
    const [row] = await this.#loadAll(process, [key])
    return row as Row
  }

  async #loadAll(process: number, keys: readonly string[]): Promise<Row[]> {
    const load = this.history.loadBegins(keys)
    this.#loading += 1
    await this.#step(`p${process} load`)
    const fails = this.#scenario.isStale && !this.#isCalm && this.#random() * FAILING_LOADS < 1
    const rows = keys.map((key) => this.#row(key))
    this.history.note(
      `p${process} loads ${rows.map(({ key, version }) => key + version).join(' ')}`,
    )
    await this.#step(`p${process} loaded`)
    load.ended = this.history.next()
    this.#loading -= 1
    if (fails) throw new LoadFailure()
    return rows
  }

  // What belongs to what.

  #process(index: number): ModelProcess {
    const process = this.processes[index]
    if (process === undefined) throw new Error(`there is no process ${index}`)
    return process
  }

  #scopeOf(index: number): string | undefined {
    return this.#scenario.isScoped ? SCOPES[index % SCOPES.length] : undefined
  }

  #keyOf(process: number, key: string, scope: string | undefined): string {
    return this.#process(process).keyOf(key, scope)
  }

  #tagNamesOf(row: Row): string[] {
    return tagsOf(row).map((tag) => this.#process(0).parts.names.tagMarker(tag))
  }

  #tagTargets(process: number, before: Row | undefined, choice: number): Target[] {
    const tags = before === undefined ? [] : tagsOf(before)
    const { caller } = this.#process(process)
    return tags.slice(0, 1 + (choice % 2)).map((tag) => caller.tagTarget(tag))
  }

  #readBegins(
    kind: string,
    process: number,
    key: string,
    scope: string | undefined,
    isStrict: boolean,
  ) {
    const names = this.#process(process).namesOf(key, scope)
    return this.history.readBegins({ kind, process, key, isStrict, names })
  }

  #invalidationBegins(
    process: number,
    kind: string,
    targets: readonly Target[],
    floors = new Map(this.#rows),
  ) {
    const names = new Set(targets.map(({ name }) => name))
    return this.history.invalidationBegins({ kind, process, names, floors })
  }

  #processOf(origin: string): number {
    return this.processes.findIndex(({ parts }) => parts.origin === origin)
  }

  #heard(message: LogMessage, process: number): void {
    this.history.delivered(message.token, process)
  }
}

/** Gives everything that was woken the chance to run as far as it comes. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
