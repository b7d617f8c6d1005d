import type { Target } from '../../src/engine/journal.js'
import { type Database, KEYS } from './database.js'
import type { History, InvalidationRecord, ReadRecord, Row } from './history.js'
import { type ModelProcess, tagsOf } from './model-process.js'
import type { Operation, Scenario } from './scenario.js'
import { isExpected, LoadFailure, type Schedule } from './schedule.js'

const SCOPES: readonly string[] = ['north', 'south']

export interface ClientOptions {
  readonly scenario: Scenario
  readonly schedule: Schedule
  readonly history: History
  readonly database: Database
  readonly process: ModelProcess
  /** The number of its process. */
  readonly number: number
}

/** Somebody who reads and changes rows through one process, one thing after the other. */
export class Client {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
  }

  async perform(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      await this.#step(operation.kind)
      try {
        await this.#perform(operation)
      } catch (error) {
        if (!isExpected(error)) throw error
      }
    }
  }

  async read(key: string, scope = this.#scopeOf(0)): Promise<void> {
    const { process, history } = this.#options
    const read = this.#readBegins('read', key, scope)
    history.readEnds(read, await process.read(key, scope, () => this.#load(key, scope)))
  }

  async #perform({ kind, key: keyIndex, scope: scopeIndex }: Operation): Promise<unknown> {
    const { entry, caller } = this.#options.process
    const { namespace } = entry.policy
    const key = KEYS[keyIndex % KEYS.length] ?? ''
    const scope = this.#scopeOf(scopeIndex)
    switch (kind) {
      case 'read':
        return this.read(key, scope)
      case 'many':
        return this.#readMany(scope)
      case 'look-up':
        return this.#lookUp(key, scope)
      case 'peek':
        return this.#peek(key, scope)
      case 'refresh':
        return this.#refresh(key, scope)
      case 'put':
        return this.#put(key, scope)
      case 'unit':
      case 'failing-unit':
        return this.#unit(key, scope, kind === 'failing-unit')
      case 'expire':
        return this.#expire(key, scope)
      case 'evict':
        return this.#invalidate(kind, [key], () => [this.#target(key, scope)])
      case 'evict-both':
        return this.#invalidate(kind, KEYS, () => KEYS.map((each) => this.#target(each, scope)))
      case 'invalidate-tag':
        return this.#invalidate(kind, [key], ([before]) =>
          this.#tagTargets(before, keyIndex + scopeIndex),
        )
      case 'clear-namespace':
        return this.#invalidate(kind, KEYS, () => [caller.namespaceTarget(namespace)])
      case 'clear-entry':
        return this.#invalidate(kind, KEYS, () => [entry.wholeTarget()])
      case 'clear-scope':
        return this.#invalidate(kind, KEYS, () => [caller.scopeTarget(namespace, scope ?? '')])
    }
  }

  async #readMany(scope: string | undefined): Promise<void> {
    const { process, number, history, database } = this.#options
    const reads = KEYS.map((key) => this.#readBegins('many', key, scope))
    const rows = await process.readMany(KEYS, scope, (keys) =>
      database.loadAll(number, keys, process.ownerOf(scope)),
    )
    reads.forEach((read, index) => history.readEnds(read, rows[index] as Row))
  }

  async #lookUp(key: string, scope: string | undefined): Promise<void> {
    const { process, history } = this.#options
    const read = this.#readBegins('look-up', key, scope)
    const found = await process.entry.lookups.lookUp(process.keyOf(key, scope), scope)
    if (found !== undefined) history.readEnds(read, found.value as Row)
  }

  #peek(key: string, scope: string | undefined): void {
    const { process, history } = this.#options
    const read = this.#readBegins('peek', key, scope)
    const found = process.entry.peek(process.keyOf(key, scope))
    if (found !== undefined) history.readEnds(read, found.value as Row)
  }

  async #refresh(key: string, scope: string | undefined): Promise<void> {
    const { process, history } = this.#options
    const read = this.#readBegins('refresh', key, scope)
    const load = (): Promise<Row> => this.#load(key, scope)
    const refreshed = process.entry.refresh(process.keyOf(key, scope), scope, load, undefined, [
      key,
    ])
    history.readEnds(read, (await refreshed) as Row)
  }

  /** Changes rows, and then invalidates what stands for them. */
  async #invalidate(
    kind: string,
    keys: readonly string[],
    targetsOf: (before: readonly Row[]) => readonly Target[],
  ): Promise<void> {
    const { process, history, database } = this.#options
    const before = keys.map((key) => database.row(key, ''))
    for (const key of keys) this.#change(key, undefined)
    await this.#step('changed')
    const targets = targetsOf(before)
    const record = this.#invalidationBegins(kind, targets)
    history.invalidationEnds(record, (await process.caller.evict(targets)).durable)
  }

  async #put(key: string, scope: string | undefined): Promise<Row> {
    const { process, history } = this.#options
    const { entry, caller, units } = process
    const operation = await entry.beginPut(process.keyOf(key, scope), scope)
    await this.#step('putting')
    const row = this.#change(key, scope)
    await this.#step('changed')
    const put = (): Promise<{ durable: boolean }> => caller.put(entry, operation, row, [key], true)
    if (units.current() !== undefined) {
      await put()
      return row
    }
    const floors = new Map([[key, row.version]])
    const record = this.#invalidationBegins('put', [entry.targetFor(operation.id)], floors)
    history.invalidationEnds(record, (await put()).durable)
    return row
  }

  /** Where nothing stale is served, expiring is as good as evicting; but nobody repeats it. */
  async #expire(key: string, scope: string | undefined): Promise<void> {
    const { process, history, scenario } = this.#options
    this.#change(key, scope)
    await this.#step('changed')
    const isExpired = process.entry.expire(process.keyOf(key, scope))
    if (scenario.isStale) {
      await isExpired
      return
    }
    const record = this.#invalidationBegins('expire', [this.#target(key, scope)])
    if (await isExpired) history.invalidationEnds(record, true)
    else history.forget(record)
  }

  /** A transaction: rows change, what stands for them is evicted or put, and sent at the end. */
  async #unit(key: string, scope: string | undefined, fails: boolean): Promise<void> {
    const { process, history, database } = this.#options
    const other = KEYS.find((each) => each !== key) ?? key
    const targets = [key, other].map((each) => this.#target(each, scope))
    let record: InvalidationRecord | undefined
    const work = async (): Promise<void> => {
      const { version } = this.#change(key, scope)
      await process.caller.evict(targets.slice(0, 1))
      await this.#step('in unit')
      const read = this.#readBegins('read in unit', key, scope)
      const row = await process.read(key, scope, () => this.#load(key, scope))
      history.readEnds(read, row)
      if (row.version < version) history.violations.push('a unit read what it had changed')
      const put = await this.#put(other, scope)
      const floors = database.versions
      if (!fails) floors.set(other, put.version)
      record = this.#invalidationBegins(fails ? 'failing-unit' : 'unit', targets, floors)
      if (fails) throw new LoadFailure()
    }
    try {
      await process.units.run(work)
    } finally {
      const { journal } = process.parts
      const isDurable = !targets.some(({ name }) => journal.isQuarantined(name))
      if (record !== undefined) history.invalidationEnds(record, isDurable)
    }
  }

  #step(label: string): Promise<void> {
    const { schedule, number } = this.#options
    return schedule.step(`p${number} ${label}`)
  }

  #change(key: string, scope: string | undefined): Row {
    const { process, number, database } = this.#options
    return database.change(number, key, process.ownerOf(scope))
  }

  #load(key: string, scope: string | undefined): Promise<Row> {
    const { process, number, database } = this.#options
    return database.load(number, key, process.ownerOf(scope))
  }

  #scopeOf(index: number): string | undefined {
    return this.#options.scenario.isScoped ? SCOPES[index % SCOPES.length] : undefined
  }

  #target(key: string, scope: string | undefined): Target {
    const { process } = this.#options
    return process.entry.targetOf(process.keyOf(key, scope))
  }

  #tagTargets(before: Row | undefined, choice: number): Target[] {
    const tags = before === undefined ? [] : tagsOf(before)
    const { caller } = this.#options.process
    return tags.slice(0, 1 + (choice % 2)).map((tag) => caller.tagTarget(tag))
  }

  #readBegins(kind: string, key: string, scope: string | undefined): ReadRecord {
    const { process, number, history } = this.#options
    // What memory alone answers may lag behind, also for an entry that is strict.
    const isStrict = process.isStrict && kind !== 'peek' && kind !== 'read in unit'
    const [names, owner] = [process.namesOf(key, scope), process.ownerOf(scope)]
    return history.readBegins({ kind, process: number, key, owner, isStrict, names })
  }

  #invalidationBegins(
    kind: string,
    targets: readonly Target[],
    floors: ReadonlyMap<string, number> = this.#options.database.versions,
  ): InvalidationRecord {
    const names = new Set(targets.map(({ name }) => name))
    const { number: process, history } = this.#options
    return history.invalidationBegins({ kind, process, names, floors })
  }
}
