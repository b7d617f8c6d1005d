/**
 * Demonstrates the library on a real database of the world's places: a service with slow queries, a
 * few decorators, and ten thousand calls. Start it with `npm start`.
 *
 * Environment: `REDIS_URL` adds the Redis tier and a second replica; `PLACES_CALLS` is the number
 * of calls (10,000), `PLACES_CALLERS` the number of concurrent callers (4).
 */
import {
  collectReports,
  countRedisHits,
  estimateElapsed,
  type Findings,
} from './collect-reports.js'
import { Database } from './database.js'
import { demonstrateEvict, measurePropagation } from './evict-demonstration.js'
import { Freshness } from './freshness.js'
import { percentile } from './percentile.js'
import type { PlaceSummary } from './place-types.js'
import { PlacesService } from './places-service.js'
import { play } from './player.js'
import { Progress } from './progress.js'
import { type Replica, startReplica } from './replica.js'
import { formatDuration, formatReport } from './report.js'
import { makeWorkload, sampleOf } from './workload.js'

const calls = Number(process.env.PLACES_CALLS ?? 10_000)
const callers = Number(process.env.PLACES_CALLERS ?? 4)
const redis = process.env.REDIS_URL || undefined
const output = process.stdout
const width = output.columns || Number(process.env.COLUMNS) || 100

await main()

async function main(): Promise<void> {
  const tiers =
    redis === undefined ? 'memory only (set REDIS_URL for both tiers)' : 'memory and Redis'
  say(`cachewright: the places of the world, ${tiers}\n`)
  const database = await Database.open({ onProgress: progress('import places') })
  const replicas: Replica[] = []
  try {
    replicas.push(startReplica(database, redis))
    if (redis !== undefined) replicas.push(startReplica(database, redis))
    await run(database, replicas)
  } finally {
    // Entries that a run left in Redis would be wrong in the next run, which has a new database.
    await replicas[0]?.cache.namespace('places').clear()
    await Promise.all(replicas.map(({ cache }) => cache.close()))
    await database.close()
  }
}

async function run(database: Database, replicas: readonly Replica[]): Promise<void> {
  const places = await database.all<PlaceSummary>('largestPlaces', { limit: 3_000 })
  const workload = makeWorkload({ calls, places, seed: 42 })
  const freshness = new Freshness()

  const plain = new PlacesService(database)
  const without = await play({
    calls: sampleOf(workload),
    services: [plain],
    callers,
    freshness,
    onProgress: progress('sample, no cache'),
  })

  await replicas[0]?.cache.namespace('places').clear()
  for (const { warmup } of replicas) {
    const onProgress = progress('warm up')
    await warmup.run({ onProgress: ({ done, total }) => onProgress(done, total) })
  }

  database.resetDurations()
  freshness.restartCounting()
  const redisHitsBefore = countRedisHits(replicas.map(({ cache }) => cache))
  const withCache = await play({
    calls: workload,
    services: replicas.map(({ service }) => service),
    callers,
    freshness,
    onProgress: progress('play, with cache'),
  })
  show(database, replicas, { without, withCache, redisHitsBefore }, freshness)
  await showEvict(database, replicas, places)
}

function show(
  database: Database,
  replicas: readonly Replica[],
  findings: Pick<Findings, 'without' | 'withCache' | 'redisHitsBefore'>,
  freshness: Freshness,
): void {
  const caches = replicas.map(({ cache }) => cache)
  const reports = collectReports({ database, caches, ...findings })
  say(`\n${formatReport(reports, { hasRedis: redis !== undefined, width })}`)

  const queries = database.durationsOf('place')
  say(
    `\nA query for one place took the database ${formatDuration(percentile(queries, 0.5))} ` +
      `(median); the ${callers} callers share its one connection.` +
      `\n${calls.toLocaleString('en')} calls took ${formatDuration(findings.withCache.elapsed)}. ` +
      `Without the cache, they would take ${formatDuration(estimateElapsed(reports, callers))}, ` +
      'as estimated from the sample.' +
      `\n${freshness.checked.toLocaleString('en')} reads checked against the updates acknowledged ` +
      `before them: ${freshness.stale} stale.\n`,
  )
  if (freshness.stale > 0) process.exitCode = 1
}

async function showEvict(
  database: Database,
  [first, second]: readonly Replica[],
  [place]: readonly PlaceSummary[],
): Promise<void> {
  if (first === undefined || place === undefined) return
  say(await demonstrateEvict(database, first.service, place.id))
  if (second === undefined) return
  const milliseconds = await measurePropagation(first.service, second.service, place.id)
  say(`  The other replica served the update ${formatDuration(milliseconds)} later.`)
}

function progress(label: string): (done: number, total: number) => void {
  return new Progress(output, label).update
}

function say(text: string): void {
  output.write(`${text}\n`)
}
