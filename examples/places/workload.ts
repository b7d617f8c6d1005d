import type { PlaceFilter, PlaceSummary, Position } from './place-types.js'
import { type Random, seededRandom, shuffled, zipfSampler } from './random.js'

/** One call, with its arguments. */
export type Call =
  | { readonly method: 'place'; readonly id: number }
  | { readonly method: 'search'; readonly filter: PlaceFilter }
  | { readonly method: 'nearest'; readonly position: Position; readonly filter: PlaceFilter }
  | { readonly method: 'countryStatistics'; readonly countryCode: string }
  | { readonly method: 'rename'; readonly place: PlaceSummary; readonly name: string }
  | {
      readonly method: 'updatePopulation'
      readonly place: PlaceSummary
      readonly population: number
    }

export type Method = Call['method']

export interface WorkloadOptions {
  readonly calls: number
  /** The requested places, the most popular first. */
  readonly places: readonly PlaceSummary[]
  readonly seed: number
}

/** The number of calls of each kind in a hundred: mostly reads, and a few writes. */
const mix = [
  ['place', 70],
  ['search', 13],
  ['nearest', 7],
  ['countryStatistics', 7],
  ['updatePopulation', 2],
  ['rename', 1],
] as const satisfies ReadonlyArray<readonly [Method, number]>

/** Creates the list of calls, which depends only on the options. */
export function makeWorkload({ calls, places, seed }: WorkloadOptions): Call[] {
  const random = seededRandom(seed)
  const makers = makersOf(places, random)
  return Array.from({ length: calls }, () => makers[drawMethod(random)]())
}

/** Selects some calls of each kind, enough for a percentile, to be replayed without the cache. */
export function sampleOf(calls: readonly Call[]): Call[] {
  const left = new Map<Method, number>(mix.map(([method, share]) => [method, 20 + share / 2]))
  return calls.filter(({ method }) => {
    const count = left.get(method) ?? 0
    left.set(method, count - 1)
    return count > 0
  })
}

function drawMethod(random: Random): Method {
  let rest = random() * 100
  for (const [method, share] of mix) {
    rest -= share
    if (rest < 0) return method
  }
  return 'place'
}

function makersOf(places: readonly PlaceSummary[], random: Random): Record<Method, () => Call> {
  const popular = zipfSampler(places, 1.25, random)
  // Edits are spread more evenly than reads: people correct small towns as often as capitals.
  const edited = zipfSampler(places, 0.2, random)
  const filters = places.slice(0, 200).map((place, index) => filterFor(place, index))
  const filter = zipfSampler(filters, 1, random)
  const positions = places.slice(0, 100).map(positionNear)
  const position = zipfSampler(positions, 1, random)
  const countryCodes = [...new Set(places.map((place) => place.countryCode))]
  const countryCode = zipfSampler(countryCodes, 1, random)
  let edits = 0
  return {
    place: () => ({ method: 'place', id: popular().id }),
    search: () => ({ method: 'search', filter: inAnyOrder(filter(), random) }),
    nearest: () => ({
      method: 'nearest',
      position: inAnyOrder(position(), random),
      filter: { minimumPopulation: 25_000 },
    }),
    countryStatistics: () => ({ method: 'countryStatistics', countryCode: countryCode() }),
    rename: () => {
      const place = edited()
      return { method: 'rename', place, name: `${place.name} (${++edits})` }
    },
    updatePopulation: () => {
      const place = edited()
      return { method: 'updatePopulation', place, population: place.population + ++edits }
    },
  }
}

function filterFor({ name, countryCode }: PlaceSummary, index: number): PlaceFilter {
  const text = name.slice(0, 3 + (index % 3))
  return index % 2 === 0
    ? { text, minimumPopulation: 10_000 }
    : { text, countryCode, minimumPopulation: 5_000 }
}

/** Rounds to a tenth of a degree, about the precision of a telephone indoors. */
function positionNear({ latitude, longitude }: PlaceSummary): Position {
  return { latitude: Math.round(latitude * 10) / 10, longitude: Math.round(longitude * 10) / 10 }
}

/** Varies the order of the properties, as callers do; for the cache, the argument stays equal. */
function inAnyOrder<Shape extends object>(value: Shape, random: Random): Shape {
  return Object.fromEntries(shuffled(Object.entries(value), random)) as Shape
}
