import { expect } from 'chai'
import promClient from 'prom-client'

import { CacheConfig } from '../src/decorators/cache-config.js'
import { Cached } from '../src/decorators/cached.js'
import { CacheConfigurationError } from '../src/errors.js'
import { collectMetrics } from '../src/prometheus.js'
import { createTestCache, type TestCache } from '../src/testing/create-test-cache.js'

const { AggregatorRegistry, Registry } = promClient
const MARKER = 'marker_7f3a'

@CacheConfig({ namespace: 'weather' })
class Weather {
  @Cached({ ttl: '5m', tags: (_result: string, city: string) => [`city:${city}`] })
  async forecast(city: string): Promise<string> {
    if (city.startsWith('nowhere')) throw new Error(`no such place: ${city}`)
    return `rain in ${city}`
  }
}

describe('collectMetrics', () => {
  let test: TestCache
  let weather: Weather
  let registry: promClient.Registry

  beforeEach(() => {
    test = createTestCache()
    weather = test.cache.weave(new Weather())
    registry = new Registry()
  })

  afterEach(() => test.cache.close())

  it('has a registry of prom-client read the counters when it collects, and not before', async () => {
    collectMetrics(test.cache, registry)
    for (const city of ['Oslo', 'Oslo', 'Oslo', 'Bergen']) await weather.forecast(city)
    const text = await registry.metrics()
    const labels = 'cache="cachewright",namespace="weather",entry="forecast"'
    expect(text).to.include('# TYPE cachewright_calls_total counter\n')
    expect(text).to.include(`cachewright_calls_total{${labels},result="memory_hit"} 2\n`)
    expect(text).to.include(`cachewright_calls_total{${labels},result="error"} 0\n`)
    expect(text).to.include(`cachewright_misses_total{${labels},reason="cold"} 2\n`)
    expect(text).to.include(`cachewright_memory_items{${labels}} 2\n`)
    expect(text).to.include('cachewright_memory_limit_items{cache="cachewright"} 100000\n')
    await weather.forecast('Oslo')
    expect(await registry.metrics()).to.include(`{${labels},result="memory_hit"} 3\n`)
  })

  it('gives load times as a histogram in seconds', async () => {
    collectMetrics(test.cache, registry)
    const { cache, clock } = test
    const load = async (): Promise<number> => {
      await clock.advance(3)
      return 1
    }
    await cache.getOrLoad('key', load)
    const text = await registry.metrics()
    const bucketOf = (bound: string): number =>
      Number(new RegExp(`_bucket\\{[^}]*le="${bound}"\\} (\\d+)`).exec(text)?.[1])
    expect(text).to.include('# TYPE cachewright_load_duration_seconds histogram\n')
    expect(['0.001', '0.002', '0.004', '8.192', '\\+Inf'].map(bucketOf)).to.deep.equal([
      0, 0, 1, 1, 1,
    ])
    expect(text).to.match(/cachewright_load_duration_seconds_sum\{.*\} 0\.003\n/)
    expect(text).to.match(/cachewright_load_duration_seconds_count\{.*\} 1\n/)
  })

  it('speaks OpenMetrics where the registry does', async () => {
    const open = new Registry<promClient.OpenMetricsContentType>()
    open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    collectMetrics(test.cache, open)
    await weather.forecast('Oslo')
    const text = await open.metrics()
    expect(text).to.include('# TYPE cachewright_calls counter\n')
    expect(text).to.match(/^cachewright_calls_total\{.*result="miss"\} 1$/m)
    expect(text.trim().endsWith('# EOF')).to.equal(true)
  })

  it('adds up over the processes of a cluster', async () => {
    collectMetrics(test.cache, registry)
    await weather.forecast('Oslo')
    const metrics = await registry.getMetricsAsJSON()
    const together = AggregatorRegistry.aggregate([metrics, metrics])
    expect(await together.metrics()).to.match(/^cachewright_calls_total\{.*result="miss"\} 2$/m)
  })

  it('tells several caches in one registry apart, and refuses two of one name', async () => {
    const other = createTestCache()
    collectMetrics(test.cache, registry)
    expect(() => collectMetrics(other.cache, registry)).to.throw(CacheConfigurationError, /name/)
    const stop = collectMetrics(other.cache, registry, { name: 'other' })
    await weather.forecast('Oslo')
    await other.cache.get('key')
    const text = await registry.metrics()
    expect(text).to.match(/_calls_total\{cache="cachewright",namespace="weather".*"miss"\} 1\n/)
    expect(text).to.match(/_calls_total\{cache="other",namespace="default".*"miss"\} 1\n/)
    stop()
    expect(await registry.metrics()).not.to.include('cache="other"')
    collectMetrics(other.cache, registry, { name: 'other' })
    await other.cache.close()
  })

  it('keeps counting through a reset of the registry, and starts again after its clearing', async () => {
    collectMetrics(test.cache, registry)
    await weather.forecast('Oslo')
    registry.resetMetrics()
    expect(await registry.metrics()).to.match(/result="miss"\} 1\n/)
    registry.clear()
    collectMetrics(test.cache, registry)
    expect(await registry.metrics()).to.match(/result="miss"\} 1\n/)
  })

  it('S35: has as many series for any number of keys, tags and errors, and names none of them', async () => {
    collectMetrics(test.cache, registry)
    await weather.forecast('Oslo')
    await weather.forecast('nowhere').catch(() => undefined)
    await test.cache.invalidateTags(['city:Oslo'])
    await weather.forecast('Oslo')
    const before = seriesIn(await registry.metrics()).map(nameOfSeries)
    for (let index = 0; index < 2_000; index += 1) {
      await weather.forecast(`${MARKER} ${index}`)
      await weather.forecast(`nowhere ${MARKER} ${index}`).catch(() => undefined)
      await test.cache.invalidateTags([`city:${MARKER} ${index}`])
    }
    await weather.forecast(`${MARKER} 0`)
    const text = await registry.metrics()
    expect(seriesIn(text).map(nameOfSeries)).to.deep.equal(before)
    expect(text).not.to.include(MARKER)
  })

  it('S35: never has more than a thousand series; the rest is added up, and nothing is lost', async () => {
    collectMetrics(test.cache, registry)
    let last = new Map<string, number>()
    for (let round = 1; round <= 4; round += 1) {
      for (let name = 0; name < round * 100; name += 1) {
        const namespace = test.cache.namespace(`namespace ${name}`)
        await namespace.getOrLoad(`key ${round}`, async () => round)
        await namespace.get(`key ${round}`)
      }
      const values = valuesIn(await registry.metrics())
      expect(values.size).to.be.at.most(1_000)
      const { total } = test.cache.stats()
      expect(sumOf(values, 'calls_total', 'result="memory_hit"')).to.equal(total.memoryHits)
      expect(sumOf(values, 'calls_total', 'result="miss"')).to.equal(total.misses)
      expect(sumOf(values, 'load_duration_seconds_count', '')).to.equal(total.loads)
      expect(sumOf(values, 'memory_items', '')).to.equal(total.memoryItems)
      for (const [series, value] of last) {
        expect(values.get(series), series).to.be.at.least(value)
      }
      last = values
    }
    expect([...last.keys()].filter((series) => series.includes('entry="other"'))).not.to.be.empty
  })

  it('S35: takes a namespace that is called like the rest for a part of it', async () => {
    collectMetrics(test.cache, registry)
    await test.cache.namespace('other').get('key')
    const values = valuesIn(await registry.metrics())
    expect(sumOf(values, 'calls_total', 'result="miss"')).to.equal(1)
  })

  it('escapes what names may hold', async () => {
    collectMetrics(test.cache, registry)
    await test.cache.namespace('a "quoted"\nname\\').get('key')
    expect(await registry.metrics()).to.include('namespace="a \\"quoted\\"\\nname\\\\"')
  })

  it('refuses a limit that is less than the least there is to tell', () => {
    expect(() => collectMetrics(test.cache, registry, { maxSeries: 50 })).to.throw(
      CacheConfigurationError,
      /^maxSeries: expected a whole number of \d+ or more, got 50$/,
    )
    collectMetrics(test.cache, registry, { maxSeries: 200 })
  })
})

function seriesIn(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('cachewright_'))
}

function nameOfSeries(line: string): string {
  return line.slice(0, line.lastIndexOf(' '))
}

function valuesIn(text: string): Map<string, number> {
  const values = seriesIn(text).map((line): [string, number] => [
    nameOfSeries(line),
    Number(line.slice(line.lastIndexOf(' '))),
  ])
  const map = new Map(values)
  if (map.size !== values.length) throw new Error('there are two values of one series')
  return map
}

function sumOf(values: ReadonlyMap<string, number>, name: string, label: string): number {
  let sum = 0
  for (const [series, value] of values) {
    if (series.startsWith(`cachewright_${name}{`) && series.includes(label)) sum += value
  }
  return sum
}
