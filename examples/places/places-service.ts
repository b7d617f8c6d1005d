import { CacheConfig, CacheEvict, CachePut, Cached, Warm } from 'cachewright'
import { injectable } from 'inversify'

import { Database } from './database.js'
import type {
  CountryStatistics,
  NearbyPlace,
  PlaceDetails,
  PlaceFilter,
  PlaceReference,
  PlaceSummary,
  Position,
} from './place-types.js'

/**
 * An ordinary service over a slow database. Only the lines that start with `@Ca` and `@Warm` are
 * about caching: without them, the service does the same, slowly.
 */
@injectable()
@CacheConfig({ namespace: 'places', version: 1, ttl: '10m' })
export class PlacesService {
  constructor(private readonly database: Database) {}

  @Warm({ arguments: (service: PlacesService) => service.largestPlaces(300) })
  @Cached({ ttl: '1h', staleWhileRevalidate: '5m', tags: (place: PlaceDetails) => areasOf(place) })
  async place(id: number): Promise<PlaceDetails> {
    const place = await this.database.first<PlaceDetails>('place', { id })
    if (place === undefined) throw new RangeError(`There is no place ${id}.`)
    return place
  }

  /** A place that newly matches appears within the `ttl`; a change of a listed place, at once. */
  @Cached({ ttl: '30s', tags: (found: readonly PlaceSummary[]) => found.map(placeTag) })
  search(filter: PlaceFilter): Promise<readonly PlaceSummary[]> {
    return this.database.all('search', {
      pattern: `%${filter.text ?? ''}%`,
      countryCode: filter.countryCode ?? null,
      minimumPopulation: filter.minimumPopulation ?? 0,
    })
  }

  @Cached({ ttl: '30s', tags: (found: readonly NearbyPlace[]) => found.map(placeTag) })
  nearest(position: Position, filter: PlaceFilter): Promise<readonly NearbyPlace[]> {
    const minimumPopulation = filter.minimumPopulation ?? 0
    return this.database.all('nearest', { ...position, minimumPopulation })
  }

  @Warm({ arguments: (service: PlacesService) => service.largestCountries(25), priority: 1 })
  @Cached({ tags: (_statistics: unknown, countryCode: string) => [countryTag(countryCode)] })
  async countryStatistics(countryCode: string): Promise<CountryStatistics> {
    const parameters = { countryCode }
    const row = await this.database.first<CountryStatistics>('countryStatistics', parameters)
    if (row === undefined) throw new RangeError(`There are no places in ${countryCode}.`)
    return row
  }

  /** Stores the renamed place at once; only lists that show its name have to be read again. */
  @CachePut({ entry: 'place', key: (place: PlaceReference) => place.id })
  @CacheEvict({ tags: (place: PlaceReference) => [placeTag(place), countryTag(place.countryCode)] })
  async rename(place: PlaceReference, name: string): Promise<PlaceDetails> {
    await this.database.all('updateName', { id: place.id, name })
    const renamed = await this.database.first<PlaceDetails>('place', { id: place.id })
    if (renamed === undefined) throw new RangeError(`There is no place ${place.id}.`)
    return renamed
  }

  /** The population also counts in the neighbours' `peopleAround`, so the whole area is evicted. */
  @CacheEvict({ entry: 'place', key: (place: PlaceReference) => place.id })
  @CacheEvict({
    tags: (place: PlaceReference) => [
      placeTag(place),
      countryTag(place.countryCode),
      areaTag(place.latitude, place.longitude),
    ],
  })
  async updatePopulation(place: PlaceReference, population: number): Promise<void> {
    await this.database.all('updatePopulation', { id: place.id, population })
  }

  async largestPlaces(limit: number): Promise<Array<[id: number]>> {
    const places = await this.database.all<PlaceSummary>('largestPlaces', { limit })
    return places.map(({ id }) => [id])
  }

  async largestCountries(limit: number): Promise<Array<[countryCode: string]>> {
    const countries = await this.database.all<{ countryCode: string }>('largestCountries', {
      limit,
    })
    return countries.map(({ countryCode }) => [countryCode])
  }
}

function placeTag({ id }: { readonly id: number }): string {
  return `place:${id}`
}

function countryTag(countryCode: string): string {
  return `country:${countryCode}`
}

/** Returns the tag of a square of one degree on the earth. */
function areaTag(latitude: number, longitude: number): string {
  return `area:${Math.floor(latitude)}:${Math.floor(longitude)}`
}

/** Returns the tags of the one to four squares that contain the neighbours of a place. */
function areasOf({ latitude, longitude }: PlaceDetails): string[] {
  const corners = [-0.25, 0.25].flatMap((north) =>
    [-0.25, 0.25].map((east) => areaTag(latitude + north, longitude + east)),
  )
  return [...new Set(corners)]
}
