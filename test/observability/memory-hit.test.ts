import { subscribe, unsubscribe } from 'node:diagnostics_channel'

import { expect } from 'chai'
import sinon from 'sinon'

import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { ObserverSignals } from '../../src/observability/observer-signals.js'

@CacheConfig({ namespace: 'numbers' })
class Numbers {
  @Cached({ ttl: '1d' })
  async square(of: number): Promise<number> {
    return of * of
  }
}

const HITS = 2_000
/** Of 2,000: each 64th. */
const SAMPLES = 31

describe('a memory hit', () => {
  afterEach(() => sinon.restore())

  it('comes by no code of observability but each 64th time, while nobody listens', async () => {
    const hit = sinon.spy(ObserverSignals.prototype, 'hit')
    const cache = createCache({ observer: { onLoad: () => undefined } })
    const numbers = cache.weave(new Numbers())
    await numbers.square(12)
    const hits = async (): Promise<number> => {
      const before = hit.callCount
      for (let call = 0; call < HITS; call += 1) await numbers.square(12)
      return hit.callCount - before
    }
    expect(await hits()).to.equal(SAMPLES)
    const listener = (): void => undefined
    subscribe('cachewright:call', listener)
    expect(await hits()).to.equal(HITS)
    unsubscribe('cachewright:call', listener)
    expect(await hits()).to.be.within(SAMPLES, SAMPLES + 1)
    expect(cache.stats().total.memoryHits).to.equal(3 * HITS)
    await cache.close()
  })

  it('allocates less than an event takes, while nobody listens', async () => {
    const cache = createCache()
    const numbers = cache.weave(new Numbers())
    await numbers.square(12)
    const silent = leastBytesPer(() => numbers.square(12))
    const listener = (): void => undefined
    subscribe('cachewright:call', listener)
    const observed = leastBytesPer(() => numbers.square(12))
    unsubscribe('cachewright:call', listener)
    expect(observed - silent).to.be.greaterThan(40)
    await cache.close()
  })
})

/** What one call allocates, in the run that nothing else disturbed. */
function leastBytesPer(call: () => unknown): number {
  const calls = 1_000
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 300; run += 1) {
    const before = process.memoryUsage().heapUsed
    for (let index = 0; index < calls; index += 1) call()
    const bytes = process.memoryUsage().heapUsed - before
    // Less than nothing: the collector ran.
    if (bytes > 0) least = Math.min(least, bytes / calls)
  }
  return least
}
