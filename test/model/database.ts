import type { History, Row } from './history.js'
import type { Scenario } from './scenario.js'
import { LoadFailure, type Schedule } from './schedule.js'

export const KEYS: readonly string[] = ['x', 'y']

/** One load in so many fails, where a stale row may stand in for it. */
const FAILING_LOADS = 6
/** What a slow load takes. */
const SLOW_STEPS = 12

/** The rows that everybody caches; each change of one makes it one version younger. */
export class Database {
  /** Whether every load succeeds. */
  isCalm = false
  readonly #scenario: Scenario
  readonly #schedule: Schedule
  readonly #history: History
  readonly #versions = new Map(KEYS.map((key) => [key, 1]))
  #loading = 0

  constructor(scenario: Scenario, schedule: Schedule, history: History) {
    this.#scenario = scenario
    this.#schedule = schedule
    this.#history = history
  }

  /** How many loads run. */
  get loading(): number {
    return this.#loading
  }

  /** The version that each row has now. */
  get versions(): Map<string, number> {
    return new Map(this.#versions)
  }

  /** @param source the load that reads it; -1 for none */
  row(key: string, owner: string, source = -1): Row {
    return { key, version: this.#versions.get(key) ?? 0, owner, source }
  }

  change(process: number, key: string, owner: string): Row {
    const row = { ...this.row(key, owner), version: this.row(key, owner).version + 1 }
    this.#versions.set(key, row.version)
    this.#history.note(`p${process} writes ${key}${row.version}`)
    return row
  }

  async load(process: number, key: string, owner: string): Promise<Row> {
    const [row] = await this.loadAll(process, [key], owner)
    return row as Row
  }

  /** What the cached method does: it reads rows, and then takes its time to return them. */
  async loadAll(process: number, keys: readonly string[], owner: string): Promise<Row[]> {
    const { isStale, isSlow } = this.#scenario
    const load = this.#history.loadBegins(keys)
    this.#loading += 1
    await this.#schedule.step(`p${process} load`)
    const fails = isStale && !this.isCalm && this.#schedule.random() * FAILING_LOADS < 1
    const rows = keys.map((key) => this.row(key, owner, load.source))
    this.#history.note(
      `p${process} loads ${rows.map(({ key, version }) => key + version).join(' ')}`,
    )
    await this.#schedule.steps(isSlow ? SLOW_STEPS : 1, `p${process} loaded`)
    load.ended = this.#history.next()
    this.#loading -= 1
    if (fails) throw new LoadFailure()
    return rows
  }
}
