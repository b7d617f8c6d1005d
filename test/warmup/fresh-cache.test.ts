import { expect } from 'chai'

import { Composition } from '../../src/composition.js'
import { createCache } from '../../src/create-cache.js'
import { openRedisTier } from '../../src/redis/redis-tier.js'
import { resolveCacheOptions } from '../../src/resolve-cache-options.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import type { InvalidationLog } from '../../src/tiers/shared-store.js'
import type { SharedTier } from '../../src/tiers/shared-tier.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { freePort } from '../support/free-port.js'
import { type Gate, gate } from '../support/gate.js'
import { freshPrefix, redisUrl } from '../support/redis.js'
import { ids, serviceWith, warmableOnRedis } from './warmable.js'

const PATIENT = { read: '10s', write: '10s' } as const

describe('A warm-up of a cache that was just made', () => {
  it('I30: keeps all that it loads in memory, since it waits for the log of invalidations', async () => {
    const held = gate()
    const cache = cacheOnHeldLog(held)
    const service = serviceWith({ arguments: ids('', 3) })
    const running = new WarmupRunner(cache, () => [service]).run({ deadline: '1m' })
    // All else that it needs is there.
    expect(await cache.ready('10s')).to.equal(true)
    await cache.set('anything', 1)
    expect(service.calls).to.deep.equal([])
    held.open()
    expect(await running).to.deep.include({ warmed: 3, failed: 0, cut: undefined })
    for (const [id] of ids('', 3)) await service.profile(id)
    const { fencedStores, memoryHits, loads } = cache.stats().namespaces['users'] ?? {}
    expect({ fencedStores, memoryHits, loads }).to.deep.equal({
      fencedStores: 0,
      memoryHits: 3,
      loads: 3,
    })
    await cache.close()
  })

  it('lists nothing in the statistics that nobody has used', async () => {
    const cache = createCache({ redis: redisUrl(), prefix: freshPrefix(), timeouts: PATIENT })
    const service = serviceWith({ arguments: ids('', 1) })
    await new WarmupRunner(cache, () => [service]).run()
    expect(Object.keys(cache.stats().entries)).to.deep.equal(['users/profile'])
    await cache.close()
  })

  it('F1, I30: waits two seconds for a Redis that is not there, or half of a shorter deadline', async () => {
    for (const [deadline, patience] of [
      [undefined, 2_000],
      ['1s', 500],
    ] as const) {
      const clock = new FakeClock()
      const cache = warmableOnRedis({ redis: `redis://127.0.0.1:${await freePort()}` }, clock)
      const service = serviceWith({ arguments: ids('', 1) })
      const running = new WarmupRunner(cache, () => [service]).run({ deadline })
      await clock.advance(0)
      await clock.advance(patience - 1)
      expect(service.calls).to.deep.equal([])
      await clock.advance(1)
      expect(await running).to.deep.include({ warmed: 1, cut: undefined })
      await cache.close()
    }
  })

  it('stops waiting when it is stopped', async () => {
    const cache = createCache({ redis: `redis://127.0.0.1:${await freePort()}` })
    const runner = new WarmupRunner(cache, () => [serviceWith({ arguments: ids('', 1) })])
    const running = runner.run()
    await runner.stop()
    expect(await running).to.deep.include({ warmed: 0, cut: 'stopped' })
    await cache.close()
  })
})

/** A cache whose log cannot be attached to before the gate opens. */
function cacheOnHeldLog(held: Gate): ReturnType<typeof createCache> {
  const options = { redis: redisUrl(), prefix: freshPrefix(), timeouts: PATIENT }
  const resolved = resolveCacheOptions(options)
  return new Composition(resolved, (names, onEvent) => {
    const tier = openRedisTier(options.redis, resolved, names, onEvent)
    return Object.defineProperty(tier, 'openLog', { value: withHeldLog(tier, held) })
  }).cache
}

function withHeldLog(tier: SharedTier, held: Gate): () => InvalidationLog {
  const openLog = tier.openLog.bind(tier)
  return () => {
    const log = openLog()
    const attach = log.attach.bind(log)
    log.attach = async () => {
      await held.wait()
      return attach()
    }
    return log
  }
}
