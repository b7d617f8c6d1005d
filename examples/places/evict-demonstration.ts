import type { Database } from './database.js'
import type { PlaceDetails } from './place-types.js'
import type { PlacesService } from './places-service.js'
import { formatDuration } from './report.js'

interface Step {
  readonly call: string
  readonly from: 'cache' | 'database'
  readonly population: number
  readonly duration: number
}

/**
 * Reads a place, updates it, and reads it again. The database shows whether an answer came from the
 * cache: it ran a query, or it did not.
 *
 * @throws Error when the read after the update is not the updated one
 */
export async function demonstrateEvict(
  database: Database,
  service: PlacesService,
  id: number,
): Promise<string> {
  const known = await service.place(id)
  const population = known.population + 1_000

  const before = await readPlace(database, service, id)
  const start = performance.now()
  await service.updatePopulation(known, population)
  const updated = performance.now() - start
  const after = await readPlace(database, service, id)
  const again = await readPlace(database, service, id)

  if (after.population !== population || again.population !== population) {
    throw new Error('The read after an acknowledged update was older than the update.')
  }
  const update: Step = {
    call: `updatePopulation(${known.name}, ${population.toLocaleString('en')})`,
    from: 'database',
    population,
    duration: updated,
  }
  return ['One evict, and the very next read', ...[before, update, after, again].map(lineOf)].join(
    '\n',
  )
}

/** Milliseconds until another replica, which has the old value in memory, returns the new one. */
export async function measurePropagation(
  writer: PlacesService,
  reader: PlacesService,
  id: number,
): Promise<number> {
  const known: PlaceDetails = await reader.place(id)
  const population = known.population + 1_000
  await writer.updatePopulation(known, population)
  const acknowledged = performance.now()
  while ((await reader.place(id)).population !== population) {
    // A read from memory never yields to the event loop, which must deliver the invalidation.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return performance.now() - acknowledged
}

async function readPlace(database: Database, service: PlacesService, id: number): Promise<Step> {
  const queriesBefore = database.durationsOf('place').length
  const start = performance.now()
  const { population } = await service.place(id)
  const duration = performance.now() - start
  const hasQueried = database.durationsOf('place').length > queriesBefore
  return { call: `place(${id})`, from: hasQueried ? 'database' : 'cache', population, duration }
}

function lineOf({ call, from, population, duration }: Step): string {
  const people = population.toLocaleString('en').padStart(12)
  return (
    `  ${call.padEnd(38)} ${from.padEnd(9)}${people} people` + formatDuration(duration).padStart(10)
  )
}
