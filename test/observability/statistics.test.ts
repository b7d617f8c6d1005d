import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import type { CallStatistics } from '../../src/observability/statistics.js'
import { createTestCache, type TestCache } from '../../src/testing/create-test-cache.js'

@CacheConfig({ namespace: 'texts' })
class Texts {
  readonly waits: (() => void)[] = []

  @Cached({ ttl: '1m' })
  async text(id: string): Promise<string> {
    return `text ${id}`
  }

  @Cached({ ttl: '1m' })
  async slow(_id: string): Promise<number> {
    await new Promise<void>((resolve) => this.waits.push(resolve))
    return this.waits.length
  }
}

describe('the statistics of a cache', () => {
  let test: TestCache
  let texts: Texts

  beforeEach(() => {
    test = createTestCache({ memory: { maxItems: 3 } })
    texts = test.cache.weave(new Texts())
  })

  afterEach(() => test.cache.close())

  it('says how often which tier answered, of the calls that asked it', async () => {
    await texts.text('a')
    for (let call = 0; call < 3; call += 1) await texts.text('a')
    const entry = entryOf('texts/text')
    expect(entry).to.include({
      calls: 4,
      hits: 3,
      memoryHits: 3,
      redisHits: 0,
      misses: 1,
      loads: 1,
    })
    expect(entry).to.include({ hitRatio: 0.75, memoryHitRatio: 0.75, redisHitRatio: 0 })
  })

  it('says why calls missed', async () => {
    await texts.text('a')
    await test.clock.advance(60_000)
    await texts.text('a')
    for (const id of ['b', 'c', 'd', 'a']) await texts.text(id)
    await test.cache.namespace('texts').clear()
    await texts.text('a')
    expect(entryOf('texts/text').missReasons).to.deep.equal({
      cold: 4,
      expired: 1,
      capacity: 1,
      'namespace-cleared': 1,
    })
  })

  it('tells calls that run from those that have ended, and who waits for another call', async () => {
    const calls = [texts.slow('a'), texts.slow('a'), texts.slow('a')]
    await test.clock.advance(0)
    expect(entryOf('texts/slow')).to.include({ calls: 0, running: 3, coalesced: 2, loads: 1 })
    for (const resolve of texts.waits) resolve()
    await Promise.all(calls)
    expect(entryOf('texts/slow')).to.include({ calls: 3, running: 0, misses: 3, loads: 1 })
  })

  it('times loads and misses each time, and one memory hit in 64', async () => {
    const call = texts.slow('a')
    await test.clock.advance(40)
    for (const resolve of texts.waits) resolve()
    await call
    for (let hit = 0; hit < 128; hit += 1) await texts.slow('a')
    const { loadTime, missTime, memoryHitTime } = entryOf('texts/slow')
    expect(loadTime).to.include({ count: 1, sum: 40, mean: 40, max: 40 })
    expect(loadTime.p99).to.be.within(38, 40)
    expect(missTime).to.include({ count: 1, max: 40 })
    expect(memoryHitTime).to.include({ count: 2, max: 0 })
  })

  it('says what of memory each entry has, and what it lost for want of room', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await texts.text(id)
    await test.cache.set('by hand', 'a value')
    await test.cache.set('by hand', 'another value, which is longer')
    const { memory, entries } = test.cache.stats()
    expect(memory).to.include({
      items: 3,
      maxItems: 3,
      maxBytes: 134_217_728,
      capacityEvictions: 2,
    })
    const all = Object.values(entries)
    expect(all.map((entry) => entry.memoryItems)).to.deep.equal([2, 0, 1])
    expect(all.map((entry) => entry.capacityEvictions)).to.deep.equal([2, 0, 0])
    expect(sum(all, 'memoryBytes')).to.equal(memory.bytes)
    await test.cache.namespace('texts').clear()
    await test.cache.delete('by hand')
    for (const id of ['a', 'b', 'c']) await texts.text(id)
    expect(entryOf('texts/text').memoryItems).to.equal(test.cache.stats().memory.items)
  })

  it('forgets in its sums a value that made way for one too large to be kept', async () => {
    const { cache } = createTestCache({ memory: { maxBytes: 10_000 } })
    await cache.set('key', 'small')
    await cache.set('key', 'x'.repeat(20_000))
    expect(cache.stats().memory).to.include({ items: 0, bytes: 0 })
    expect(cache.stats().total).to.include({ memoryItems: 0, memoryBytes: 0 })
    await cache.close()
  })

  it('counts a look-up by hand as a hit or as a miss, and a peek not at all', async () => {
    await test.cache.get('key')
    await test.cache.set('key', 1)
    await test.cache.get('key')
    await test.cache.getMany(['key', 'no key'])
    await test.cache.has('key')
    test.cache.namespace('default').peek('key')
    expect(test.cache.stats().total).to.include({ calls: 4, hits: 2, misses: 2, loads: 0 })
  })

  it('adds entries up by namespace, and all of them', async () => {
    await texts.text('a')
    await texts.text('a')
    await test.cache.set('key', 1)
    await test.cache.get('key')
    const { namespaces, total } = test.cache.stats()
    expect(namespaces['texts']).to.include({ calls: 2, hits: 1, misses: 1 })
    expect(namespaces['default']).to.include({ calls: 1, hits: 1, misses: 0 })
    expect(total).to.include({ calls: 3, hits: 2, misses: 1, memoryItems: 2 })
  })

  it('keeps apart entries whose names look alike when they are joined', async () => {
    for (const name of ['a/b', 'a%2Fb', 'a']) await test.cache.namespace(name).get('key')
    const names = Object.keys(test.cache.stats().entries).filter((name) => name.startsWith('a'))
    expect(names.map((name) => name.split('/')[0])).to.deep.equal(['a%2Fb', 'a%252Fb', 'a'])
  })

  it('is a snapshot, and plain data', async () => {
    const before = test.cache.stats()
    await texts.text('a')
    expect(before.total.calls).to.equal(0)
    const after = test.cache.stats()
    expect(structuredClone(after)).to.deep.equal(after)
    expect(JSON.stringify(after)).to.equal(JSON.stringify(test.cache.stats()))
  })

  it('counts what was invalidated', async () => {
    await test.cache.delete('a')
    await test.cache.invalidateTags(['x', 'y'])
    await test.cache.namespace('default').clear()
    expect(test.cache.stats().invalidations).to.deep.equal({
      keys: 1,
      markers: 1,
      tags: 2,
      unconfirmed: 0,
      elsewhere: 0,
      logInterruptions: {},
    })
  })

  it('C51, C52: counts refreshes, and those that fail as failures of the background and not of calls', async () => {
    const defaults = { ttl: '1s', staleWhileRevalidate: '1h', jitter: 0 } as const
    const { cache, clock } = createTestCache({ defaults })
    let isBroken = false
    const read = (): Promise<string> =>
      cache.getOrLoad('key', async () => {
        if (isBroken) throw new RangeError('no rows')
        return 'row'
      })
    await read()
    await clock.advance(1_001)
    await read()
    await new Promise(setImmediate)
    isBroken = true
    await clock.advance(1_001)
    expect(await read()).to.equal('row')
    await new Promise(setImmediate)
    const { total, background } = cache.stats()
    expect(total).to.include({
      calls: 3,
      refreshes: 2,
      stale: 2,
      loads: 3,
      loadFailures: 1,
      errors: 0,
    })
    expect(background).to.deep.equal({ running: 0, failures: { refresh: 1 } })
    await cache.close()
  })

  function entryOf(name: string): CallStatistics {
    const entry = test.cache.stats().entries[name]
    if (entry === undefined) throw new Error(`there is no entry ${name}`)
    return entry
  }
})

function sum(all: readonly CallStatistics[], name: 'memoryBytes'): number {
  return all.reduce((total, entry) => total + entry[name], 0)
}
