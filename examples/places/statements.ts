/**
 * The schema has primary keys and no other index, as in a young project: every query that does not
 * look up an id reads the whole table. Nothing else makes these queries slow.
 */
export const schema = `
  CREATE TABLE country (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    continent TEXT NOT NULL,
    capital TEXT NOT NULL
  );
  CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    population INTEGER NOT NULL,
    country_code TEXT NOT NULL,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
  );
`

/** The inserts that the import uses, with the columns in the order above. */
export const inserts = {
  country: 'INSERT INTO country (code, name, continent, capital) VALUES (?, ?, ?, ?)',
  place:
    'INSERT INTO place (id, latitude, longitude, population, country_code, name)' +
    ' VALUES (?, ?, ?, ?, ?, ?)',
}

const summary = `id, name, country_code AS countryCode, population, latitude, longitude`

/** Every statement that the program runs, by name. The report counts runs by these names. */
export const statements = {
  place: `
    WITH box AS MATERIALIZED (
      SELECT id, latitude - 0.25 AS south, latitude + 0.25 AS north,
             longitude - 0.25 AS west, longitude + 0.25 AS east
        FROM place
       WHERE id = :id
    )
    SELECT place.id, place.name, place.country_code AS countryCode, place.population,
           place.latitude, place.longitude, place.revision,
           country.name AS country, country.continent, country.capital,
           count(*) - 1 AS neighbours, sum(near.population) AS peopleAround
      FROM box
      JOIN place ON place.id = box.id
      JOIN country ON country.code = place.country_code
      JOIN place AS near
        ON near.latitude BETWEEN south AND north AND near.longitude BETWEEN west AND east
     GROUP BY place.id`,

  search: `
    SELECT ${summary}
      FROM place
     WHERE population >= :minimumPopulation
       AND (:countryCode IS NULL OR country_code = :countryCode)
       AND name LIKE :pattern
     ORDER BY population DESC, id
     LIMIT 10`,

  nearest: `
    SELECT ${summary},
           2 * 6371 * asin(sqrt(
             pow(sin(radians(latitude - :latitude) / 2), 2)
             + cos(radians(:latitude)) * cos(radians(latitude))
             * pow(sin(radians(longitude - :longitude) / 2), 2))) AS kilometres
      FROM place
     WHERE population >= :minimumPopulation
     ORDER BY kilometres
     LIMIT 10`,

  countryStatistics: `
    SELECT country.code AS countryCode, country.name AS country,
           count(*) AS places, sum(place.population) AS population,
           place.name AS largestPlace, max(place.population) AS largestPopulation,
           sum(place.revision) AS revisions
      FROM country
      JOIN place ON place.country_code = country.code
     WHERE country.code = :countryCode
     GROUP BY country.code`,

  updateName: 'UPDATE place SET name = :name, revision = revision + 1 WHERE id = :id',

  updatePopulation:
    'UPDATE place SET population = :population, revision = revision + 1 WHERE id = :id',

  largestPlaces: `SELECT ${summary} FROM place ORDER BY population DESC, id LIMIT :limit`,

  largestCountries: `
    SELECT country_code AS countryCode
      FROM place
     GROUP BY country_code
     ORDER BY sum(population) DESC
     LIMIT :limit`,
} as const

export type StatementName = keyof typeof statements
