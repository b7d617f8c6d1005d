import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { type Pair, xxh3Pair, xxh64Pairs } from '../keys/collisions.js'
import { eventually } from '../support/eventually.js'
import { freshPrefix, redisUrl } from '../support/redis.js'

@CacheConfig({ namespace: 'profiles' })
class Profiles {
  loads = 0

  @Cached({ jitter: 0 })
  async profile(id: string): Promise<string> {
    this.loads += 1
    await new Promise(setImmediate)
    return `profile of ${id}`
  }
}

/** So long that the place in Redis is a digest: the two of each pair have the same one. */
const PAIRS: readonly Pair[] = Array.from({ length: 20 }, (_, choice) => xxh3Pair(choice, 100))

describe('Keys that were made to collide', () => {
  const prefix = freshPrefix()
  let caches: Cache[]
  let woven: Profiles[]

  before(async () => {
    const tiers: readonly (false | undefined)[] = [undefined, undefined, false]
    caches = tiers.map((memory) =>
      createCache({ redis: redisUrl(), prefix, timeouts: { read: '10s', write: '10s' }, memory }),
    )
    woven = caches.map((cache) => cache.weave(new Profiles()))
    await Promise.all(caches.map((cache) => cache.ready('10s')))
  })

  after(() => Promise.all(caches.map((cache) => cache.close())))

  it('S1, E2: under XXH3-128 have one place in Redis, and never each other’s value', async () => {
    for (const pair of PAIRS) {
      const [cache] = caches
      const names = pair.map((id) => cache?.entryOf(woven[0] as Profiles, 'profile').keyOf(id))
      expect(names[0]).to.equal(names[1])
      // In flight at once in three processes, then from memory and from Redis, in either order.
      for (const ids of [pair, pair, pair.toReversed(), pair]) {
        const read = await Promise.all(
          woven.flatMap((profiles) => ids.map((id) => profiles.profile(id))),
        )
        expect(read).to.deep.equal(woven.flatMap(() => ids.map((id) => `profile of ${id}`)))
      }
    }
  })

  it('S1, E1: under XXH64 are as far apart as any others', async () => {
    for (const pair of xxh64Pairs(1)) {
      const read = await Promise.all(woven.flatMap((each) => pair.map((id) => each.profile(id))))
      expect(read).to.deep.equal(woven.flatMap(() => pair.map((id) => `profile of ${id}`)))
    }
  })

  it('S2: take the place of nobody but each other', async () => {
    const bystanders = Array.from({ length: 50 }, (_, id) => `bystander ${id} ${'x'.repeat(100)}`)
    const [profiles, , redisOnly] = woven as [Profiles, Profiles, Profiles]
    const read = (ids: readonly string[], from = profiles): Promise<unknown> =>
      Promise.all(ids.map((id) => from.profile(id)))
    await read(bystanders)
    await eventually(async () => {
      const { loads } = redisOnly
      await read(bystanders, redisOnly)
      return redisOnly.loads === loads
    })
    for (const pair of PAIRS) await read(pair)
    const before = woven.map(({ loads }) => loads)
    for (const each of woven) await read(bystanders, each)
    expect(woven.map(({ loads }) => loads)).to.deep.equal(before)
  })
})
