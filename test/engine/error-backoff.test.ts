import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { Cached } from '../../src/decorators/cached.js'
import type { CachedOptions } from '../../src/options/cached-options.js'
import { createTestCache } from '../../src/testing/create-test-cache.js'
import { failureOf } from '../support/failure-of.js'
import { type JoinedEntry, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

const ERROR = new RangeError('no rows')

async function fail(): Promise<never> {
  throw ERROR
}

/** As many reads that find nothing as it takes to ask for the lease without a look. */
async function findNothing(entry: JoinedEntry, times: number): Promise<void> {
  for (let key = 0; key < times; key += 1) await entry.fill(`nothing-${key}`, 'nothing')
}

describe('A key that `errorBackoff` pauses', () => {
  const KINDS: readonly (readonly [string, CachedOptions])[] = [
    ['bounded', { errorBackoff: 1_000 }],
    ['strict', { errorBackoff: 1_000, consistency: 'strict' }],
    ['redis alone', { errorBackoff: 1_000, tiers: ['redis'] }],
  ]

  for (const [kind, options] of KINDS) {
    it(`I23: fails with the last error after one look, and takes no lease (${kind})`, async () => {
      const redis = new ModelRedis()
      const here = await redis.join()
      const entry = here.entry(options)
      expect(await failureOf(entry.read('1', fail))).to.equal(ERROR)
      await turn()
      const before = here.network.sent.length
      for (let call = 0; call < 50; call += 1) {
        expect(await failureOf(entry.read('1', returning('unwanted')))).to.equal(ERROR)
        await turn()
      }
      expect(here.network.sent.slice(before)).to.deep.equal(
        Array.from({ length: 50 }, () => 'read'),
      )
      expect(entry.cached.context.counters.loads).to.equal(1)
      await redis.pass(1_001)
      expect(await entry.read('1', returning('new'))).to.equal('new')
    })
  }

  it('takes no lease either when reads before it have found nothing in Redis', async () => {
    const redis = new ModelRedis()
    const here = await redis.join()
    const entry = here.entry({ errorBackoff: 1_000 })
    await findNothing(entry, here.parts.settings.emptyLooks)
    expect(await failureOf(entry.read('1', fail))).to.equal(ERROR)
    await turn()
    const before = here.network.sent.length
    expect(await failureOf(entry.read('1', returning('unwanted')))).to.equal(ERROR)
    await turn()
    expect(here.network.sent.slice(before)).to.deep.equal(['read'])
  })

  it('is answered by what another process has stored since', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { errorBackoff: 1_000 }
    const entry = here.entry(options)
    expect(await failureOf(entry.read('1', fail))).to.equal(ERROR)
    await there.entry(options).fill('1', 'there')
    expect(await entry.read('1', returning('unwanted'))).to.equal('there')
  })

  it('is answered by what is stale in Redis, as far as staleIfError goes', async () => {
    const redis = new ModelRedis()
    const here = await redis.join()
    const options = {
      ttl: 1_000,
      errorBackoff: '30s',
      staleIfError: 5_000,
      tiers: ['redis'],
    } as const
    const entry = here.entry(options)
    await entry.fill('1', 'old')
    await redis.pass(1_500)
    expect(await entry.read('1', fail)).to.equal('old')
    const before = here.network.sent.length
    expect(await entry.read('1', returning('unwanted'))).to.equal('old')
    await turn()
    expect(here.network.sent.slice(before)).to.not.include('acquire')
    await redis.pass(5_000)
    expect(await failureOf(entry.read('1', returning('unwanted')))).to.equal(ERROR)
  })

  it('is no holder that another process waits for', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { errorBackoff: 1_000 }
    const entry = here.entry(options)
    expect(await failureOf(entry.read('1', fail))).to.equal(ERROR)
    await turn()
    const paused = failureOf(entry.read('1', returning('unwanted')))
    const before = there.network.sent.length
    expect(await there.entry(options).read('1', returning('there'))).to.equal('there')
    expect(await paused).to.equal(ERROR)
    await turn()
    expect(there.network.sent.slice(before)).to.deep.equal(['read', 'acquire', 'store'])
  })

  it('is loaded all the same when a refresh is asked for by name', async () => {
    const redis = new ModelRedis()
    const entry = (await redis.join()).entry({ errorBackoff: 1_000 })
    expect(await failureOf(entry.read('1', fail))).to.equal(ERROR)
    expect(await entry.refresh('1', returning('new'))).to.equal('new')
    expect(await entry.read('1', returning('unwanted'))).to.equal('new')
  })
})

describe('The pause after a failure', () => {
  it('C28: doubles up to 30 s, each counted from its failure, and is forgotten after a success', async () => {
    const { cache, clock } = createTestCache()
    const [entry, calls] = failing(cache, { errorBackoff: '10s' })
    for (const pause of [10_000, 20_000, 30_000, 30_000]) {
      const before = calls()
      expect(await failureOf(entry.read())).to.equal(ERROR)
      expect(calls()).to.equal(before + 1)
      await clock.advance(pause - 1)
      expect(await failureOf(entry.read())).to.equal(ERROR)
      expect(calls()).to.equal(before + 1)
      await clock.advance(1)
    }
    entry.heal()
    expect(await entry.read()).to.equal('healed')
    await clock.advance(600_000)
    entry.fail()
    expect(await failureOf(entry.read())).to.equal(ERROR)
    await clock.advance(10_000)
    const before = calls()
    expect(await failureOf(entry.read())).to.equal(ERROR)
    expect(calls()).to.equal(before + 1)
  })

  it('C52: lets a refresh that failed be tried again after a second, two, four, and serves the old result', async () => {
    const { cache, clock } = createTestCache()
    const [entry, calls] = failing(cache, { ttl: '1s', staleWhileRevalidate: '1h', jitter: 0 })
    entry.heal()
    expect(await entry.read()).to.equal('healed')
    await clock.advance(1_001)
    entry.fail()
    for (const pause of [1_000, 2_000, 4_000]) {
      const before = calls()
      for (let read = 0; read < 5; read += 1) {
        expect(await entry.read()).to.equal('healed')
        await turn()
      }
      expect(calls()).to.equal(before + 1)
      await clock.advance(pause - 1)
      expect(await entry.read()).to.equal('healed')
      await turn()
      expect(calls()).to.equal(before + 1)
      await clock.advance(1)
    }
    expect(cache.stats().total).to.include({ loadFailures: 3, errors: 0 })
  })
})

/** One key whose method fails until it is healed; and how often that was called. */
function failing(
  cache: Cache,
  options: CachedOptions,
): [{ read(): Promise<unknown>; heal(): void; fail(): void }, () => number] {
  let calls = 0
  let isWell = false
  class Source {
    @Cached(options as { ttl?: '1s' })
    async value(): Promise<string> {
      calls += 1
      if (!isWell) throw ERROR
      return 'healed'
    }
  }
  const source = cache.weave(new Source())
  const entry = {
    read: (): Promise<unknown> => source.value(),
    heal: (): void => {
      isWell = true
    },
    fail: (): void => {
      isWell = false
    },
  }
  return [entry, () => calls]
}
