import type { Freshness } from './freshness.js'
import type { PlacesService } from './places-service.js'
import type { Call, Method } from './workload.js'

export interface PlayOptions {
  readonly calls: readonly Call[]
  /** The service of each replica; the calls are distributed among them in turn. */
  readonly services: readonly PlacesService[]
  /** The number of callers, each of which makes one call at a time. */
  readonly callers: number
  readonly freshness: Freshness
  readonly onProgress?: (done: number, total: number) => void
}

export interface PlayResult {
  /** Milliseconds that each call took, measured by its caller. */
  readonly durations: ReadonlyMap<Method, readonly number[]>
  /** Milliseconds from the first call to the last answer. */
  readonly elapsed: number
}

/** Replays the calls in order with several concurrent callers, and times each call. */
export async function play(options: PlayOptions): Promise<PlayResult> {
  const { calls, services, callers, freshness, onProgress } = options
  const durations = new Map<Method, number[]>()
  const start = performance.now()
  let next = 0
  let done = 0

  async function playUntilNoneIsLeft(): Promise<void> {
    for (let index = next++; index < calls.length; index = next++) {
      const call = calls[index] as Call
      const replica = index % services.length
      const service = services[replica] as PlacesService
      const duration = await timeCall(call, service, replica, freshness)
      const sofar = durations.get(call.method)
      if (sofar === undefined) durations.set(call.method, [duration])
      else sofar.push(duration)
      onProgress?.(++done, calls.length)
    }
  }

  await Promise.all(Array.from({ length: callers }, playUntilNoneIsLeft))
  return { durations, elapsed: performance.now() - start }
}

async function timeCall(
  call: Call,
  service: PlacesService,
  replica: number,
  freshness: Freshness,
): Promise<number> {
  const subjects = subjectsOf(call)
  const due = subjects.map((subject) => freshness.dueRevision(subject, replica))
  const start = performance.now()
  const revision = await callService(call, service)
  const duration = performance.now() - start
  if (call.method === 'rename' || call.method === 'updatePopulation') {
    for (const subject of subjects) freshness.acknowledge(subject, replica)
  } else if (revision !== undefined) {
    freshness.check(revision, due[0] ?? 0)
  }
  return duration
}

/** Makes a call, and resolves with the revision of the answer if that has one. */
async function callService(call: Call, service: PlacesService): Promise<number | undefined> {
  switch (call.method) {
    case 'place':
      return (await service.place(call.id)).revision
    case 'countryStatistics':
      return (await service.countryStatistics(call.countryCode)).revisions
    case 'search':
      await service.search(call.filter)
      return undefined
    case 'nearest':
      await service.nearest(call.position, call.filter)
      return undefined
    case 'rename':
      await service.rename(call.place, call.name)
      return undefined
    case 'updatePopulation':
      await service.updatePopulation(call.place, call.population)
      return undefined
  }
}

/** Returns what a call reads or changes, if its answer can be checked. */
function subjectsOf(call: Call): string[] {
  switch (call.method) {
    case 'place':
      return [`place ${call.id}`]
    case 'countryStatistics':
      return [`country ${call.countryCode}`]
    case 'rename':
    case 'updatePopulation':
      return [`place ${call.place.id}`, `country ${call.place.countryCode}`]
    default:
      return []
  }
}
