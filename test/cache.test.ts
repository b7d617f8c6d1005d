import { expect } from 'chai'

import { createCache } from '../src/create-cache.js'
import { CacheConfigurationError } from '../src/errors.js'
import { createTestCache } from '../src/testing/create-test-cache.js'
import { eventually } from './support/eventually.js'
import { gate } from './support/gate.js'
import { freshPrefix, redisUrl } from './support/redis.js'
import { returning } from './support/returning.js'

describe('Cache', () => {
  it('is ready at once without Redis, within any duration', async () => {
    const cache = createCache()
    expect(await cache.ready(0)).to.equal(true)
    expect(await cache.ready('5s')).to.equal(true)
  })

  it('refuses a timeout that is no duration', async () => {
    const failure = await createCache()
      .ready('soon' as '5s')
      .catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(CacheConfigurationError)
    expect(failure)
      .to.have.property('message')
      .that.matches(/^ready: /)
  })

  for (const [where, redis] of [
    ['in memory', undefined],
    ['on Redis', redisUrl()],
  ] as const) {
    it(`throws at nobody once it is closed, and finds and stores nothing: ${where}`, async () => {
      const cache = createCache({ redis, prefix: freshPrefix() })
      await cache.ready('10s')
      await cache.set('key', 1)
      await cache.close()
      const reservation = await cache.namespace('default').reserve('key')
      expect(await reservation.commit(2)).to.include({ stored: false })
      expect(await cache.set('key', 2)).to.include({ stored: false })
      expect(await cache.get('key')).to.equal(undefined)
      expect(await cache.has('key')).to.equal(false)
      expect(await cache.getOrLoad('key', async () => 3)).to.equal(3)
      const durable = redis === undefined
      expect(await cache.delete('key')).to.include({ durable })
      expect(await cache.invalidateTags(['tag'])).to.include({ durable })
      await cache.close()
    })
  }

  it('I29: waits five seconds for what runs in the background when it is closed, and no longer', async () => {
    const { cache, clock } = createTestCache({
      defaults: { ttl: '1s', staleWhileRevalidate: '1m' },
    })
    const held = gate()
    await cache.getOrLoad('key', returning('old'))
    await clock.advance(2_000)
    expect(await cache.getOrLoad('key', returning('new', held))).to.equal('old')
    await held.reached
    let isClosed = false
    const closing = cache.close().then(() => {
      isClosed = true
    })
    await clock.advance(4_999)
    expect(isClosed).to.equal(false)
    await clock.advance(1)
    expect(isClosed).to.equal(true)
    held.open()
    await closing
  })

  it('S33: has with another keySecret other names in Redis, and so nothing in common', async () => {
    const prefix = freshPrefix()
    const secrets = [
      'a secret of many letters',
      'another secret of them',
      'a secret of many letters',
    ]
    const caches = secrets.map((keySecret) =>
      createCache({ redis: redisUrl(), prefix, keyMode: 'digest', keySecret }),
    )
    const [one, other, same] = caches.map((cache) => cache.namespace('rows'))
    try {
      await Promise.all(caches.map((cache) => cache.ready('10s')))
      await eventually(async () => {
        await one?.set('key', 1)
        return same?.has('key')
      })
      expect(await other?.has('key')).to.equal(false)
    } finally {
      await Promise.all(caches.map((cache) => cache.close()))
    }
  })

  it('refuses a string as tags, which would be a list of letters', async () => {
    const cache = createCache()
    const failure = await cache
      .invalidateTags('team:7' as unknown as string[])
      .catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(CacheConfigurationError)
    // And not the text itself, which may be anybody's.
    expect(failure).to.have.property(
      'message',
      'invalidateTags: expected a list of tags, got a string',
    )
  })
})
