/** The fields that identify a place, and those that other entries depend on. */
export interface PlaceReference {
  readonly id: number
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string
  readonly latitude: number
  readonly longitude: number
}

/** One place, joined with its country and its neighbours. */
export interface PlaceDetails extends PlaceReference {
  readonly name: string
  readonly population: number
  readonly country: string
  readonly continent: string
  readonly capital: string
  /** Other places at most a quarter of a degree away, in latitude and in longitude. */
  readonly neighbours: number
  /** People in this place and in its neighbours. */
  readonly peopleAround: number
  /** The number of updates of this row, by which the program proves that no read is stale. */
  readonly revision: number
}

export interface PlaceSummary {
  readonly id: number
  readonly name: string
  readonly countryCode: string
  readonly population: number
  readonly latitude: number
  readonly longitude: number
}

export interface NearbyPlace extends PlaceSummary {
  readonly kilometres: number
}

/** Search criteria; an omitted one does not restrict the result. */
export interface PlaceFilter {
  readonly text?: string
  readonly countryCode?: string
  readonly minimumPopulation?: number
}

export interface Position {
  readonly latitude: number
  readonly longitude: number
}

export interface CountryStatistics {
  readonly countryCode: string
  readonly country: string
  readonly places: number
  readonly population: number
  readonly largestPlace: string
  readonly largestPopulation: number
  /** The number of updates of places in this country since the import. */
  readonly revisions: number
}
