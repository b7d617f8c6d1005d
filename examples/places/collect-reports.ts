import type { Cache } from 'cachewright'

import type { Database } from './database.js'
import type { PlayResult } from './player.js'
import type { MethodReport } from './report.js'
import type { StatementName } from './statements.js'
import type { Method } from './workload.js'

export interface Findings {
  readonly database: Database
  readonly caches: readonly Cache[]
  readonly without: PlayResult
  readonly withCache: PlayResult
  /** Calls that Redis answered before the replay began, in the warm-up of the second replica. */
  readonly redisHitsBefore: ReadonlyMap<Method, number>
}

const methods = [
  'place',
  'search',
  'nearest',
  'countryStatistics',
  'updatePopulation',
  'rename',
] as const satisfies readonly Method[]

/** Combines, for each method, the measurements of its callers, the caches and the database. */
export function collectReports({
  database,
  caches,
  without,
  withCache,
  redisHitsBefore,
}: Findings): MethodReport[] {
  const redisHits = countRedisHits(caches)
  const renames = withCache.durations.get('rename')?.length ?? 0
  return methods.map((method) => {
    const durations = withCache.durations.get(method) ?? []
    const report = {
      method,
      calls: durations.length,
      withCache: durations,
      withoutCache: without.durations.get(method) ?? [],
    }
    if (method === 'rename' || method === 'updatePopulation') return { ...report, queriesSaved: 0 }
    // A rename reads its place back. These runs of the same statement are not misses of `place`.
    const ownQueries = queriesOf(database, method) - (method === 'place' ? renames : 0)
    const redis = (redisHits.get(method) ?? 0) - (redisHitsBefore.get(method) ?? 0)
    const memory = durations.length - redis - ownQueries
    return {
      ...report,
      answers: { memory, redis, database: ownQueries },
      queriesSaved: durations.length - ownQueries,
    }
  })
}

/**
 * Milliseconds that all calls would have taken without the cache. Each caller waits for one call at
 * a time, so this is the sum of all waits divided by the number of callers.
 */
export function estimateElapsed(reports: readonly MethodReport[], callers: number): number {
  const waits = reports
    .filter(({ withoutCache }) => withoutCache.length > 0)
    .map(({ calls, withoutCache }) => {
      const sum = withoutCache.reduce((total, duration) => total + duration, 0)
      return (calls * sum) / withoutCache.length
    })
  return waits.reduce((total, wait) => total + wait, 0) / callers
}

function queriesOf(database: Database, statement: StatementName): number {
  return database.durationsOf(statement).length
}

/** The number of calls of each method that Redis has answered so far. */
export function countRedisHits(caches: readonly Cache[]): Map<Method, number> {
  return new Map(
    methods.map((method) => [
      method,
      caches.reduce((sum, cache) => sum + redisHitsOf(cache, method), 0),
    ]),
  )
}

function redisHitsOf(cache: Cache, method: Method): number {
  return cache.stats().entries[`places/${method}`]?.redisHits ?? 0
}
