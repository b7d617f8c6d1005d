import { expect } from 'chai'

import type { CachedOptions } from '../../src/options/cached-options.js'
import { gate } from '../support/gate.js'
import { type JoinedEntry, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

const KINDS: readonly (readonly [string, CachedOptions, number])[] = [
  ['staleWhileRevalidate', { ttl: 1_000, staleWhileRevalidate: '1m' }, 1_500],
  ['refreshAhead', { ttl: 10_000, refreshAhead: 0.1 }, 1_500],
]

describe('A refresh that another process is doing', () => {
  /** Reads a value that is due, so many times, and lets what each read began come to its end. */
  async function readOften(entry: JoinedEntry, times: number): Promise<unknown[]> {
    const values = []
    for (let read = 0; read < times; read += 1) {
      values.push(await entry.read('1', returning('unwanted')))
      for (let turns = 0; turns < 5; turns += 1) await turn()
    }
    return values
  }

  /** Here memory has a value that is due, and elsewhere its refresh runs until it is let end. */
  async function staged(options: CachedOptions, age: number) {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const [entry, other] = [here.entry(options), there.entry(options)]
    await entry.fill('1', 'old')
    await redis.pass(age)
    const loading = gate()
    const elsewhere = other.refresh('1', returning('new', loading))
    await loading.reached
    return { redis, here, entry, loading, elsewhere }
  }

  for (const [option, options, age] of KINDS) {
    it(`F45: is asked about once in 100 ms, however often the key is read (${option})`, async () => {
      const { redis, here, entry, loading, elsewhere } = await staged(options, age)
      const before = here.network.sent.length
      expect(new Set(await readOften(entry, 50))).to.deep.equal(new Set(['old']))
      expect(here.network.sent.slice(before)).to.deep.equal(['read', 'acquire'])
      expect(entry.cached.context.counters.refreshes).to.equal(1)
      await redis.pass(101)
      await readOften(entry, 50)
      expect(here.network.sent.slice(before)).to.deep.equal(['read', 'acquire', 'read', 'acquire'])
      loading.open()
      await elsewhere
    })

    it(`F45: is served from here 100 ms after it was stored (${option})`, async () => {
      const { redis, entry, loading, elsewhere } = await staged(options, age)
      await readOften(entry, 1)
      loading.open()
      await elsewhere
      await turn()
      await redis.pass(101)
      await readOften(entry, 1)
      expect(await entry.read('1', returning('unwanted'))).to.equal('new')
    })

    it(`F45: is taken over 100 ms after it was given up (${option})`, async () => {
      const redis = new ModelRedis()
      const [here, there] = await redis.joinTwo()
      const entry = here.entry(options)
      await entry.fill('1', 'old')
      await redis.pass(age)
      const loading = gate()
      const elsewhere = there.entry(options).refresh('1', async () => {
        await loading.wait()
        throw new RangeError('no rows')
      })
      await loading.reached
      await readOften(entry, 1)
      loading.open()
      await elsewhere.catch(() => undefined)
      await redis.pass(101)
      await entry.read('1', returning('new'))
      await turn()
      await turn()
      expect(await entry.read('1', returning('unwanted'))).to.equal('new')
    })
  }

  it('I1: keeps nobody from reading anew what is evicted meanwhile', async () => {
    const [, options, age] = KINDS[0] ?? ['', {}, 0]
    const { here, entry, loading, elsewhere } = await staged(options, age)
    await readOften(entry, 1)
    await entry.evict('1')
    expect(await entry.read('1', returning('newest'))).to.equal('newest')
    loading.open()
    await elsewhere
    expect(await here.entry(options).read('1', returning('newest'))).to.equal('newest')
  })
})
