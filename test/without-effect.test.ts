import { expect } from 'chai'

import { createCache } from '../src/create-cache.js'
import { CacheConfig } from '../src/decorators/cache-config.js'
import { Cached } from '../src/decorators/cached.js'
import { CacheConfigurationError } from '../src/errors.js'
import { createTestCache } from '../src/testing.js'
import { OpenedCaches, PATIENT } from './failures/opened-caches.js'
import { RecordingLogger } from './observability/recording-logger.js'
import { redisUrl } from './support/redis.js'

@CacheConfig({ namespace: 'users' })
class Users {
  @Cached()
  async profile(id: string): Promise<string> {
    return id
  }
}

@CacheConfig({ namespace: 'pages' })
class Pages {
  @Cached({ tiers: ['redis'], refreshAhead: 0.5 })
  async shared(id: string): Promise<string> {
    return id
  }

  @Cached({ consistency: 'strict', refreshAhead: 0.5 })
  async strict(id: string): Promise<string> {
    return id
  }

  @Cached({ timeout: { soft: '1s' } })
  async soft(id: string): Promise<string> {
    return id
  }

  @Cached({ queue: 5 })
  async queued(id: string): Promise<string> {
    return id
  }

  @Cached({
    timeout: { soft: '1s' },
    staleIfError: '1m',
    queue: 5,
    concurrency: 2,
    refreshAhead: 0,
  })
  async meaningful(id: string): Promise<string> {
    return id
  }
}

@CacheConfig({ namespace: 'local' })
class Local {
  @Cached({ tiers: ['memory'] })
  async value(id: string): Promise<string> {
    return id
  }
}

describe('What a configuration says without effect', () => {
  it('is an entry that a woven class does not have, told of at once', async () => {
    const logger = new RecordingLogger()
    const namespaces = { users: { entries: { profil: { ttl: '1m' }, profile: { ttl: '1m' } } } }
    const { cache, observer } = createTestCache({ namespaces: namespaces as never, logger })
    expect((await cache.health()).warnings).to.deep.equal([
      'namespaces.users: nothing has used this namespace yet',
    ])
    cache.weave(new Users())
    const told = 'namespaces.users.entries.profil: the namespace has no such entry (is it profile?)'
    expect((await cache.health()).warnings).to.deep.equal([told])
    expect(logger.lines).to.deep.equal([`warn cachewright: ${told}`])
    expect(observer.warnings.map(({ cause }) => cause)).to.deep.equal(['no-effect'])
    await cache.close()
  })

  it('is a namespace that nothing uses, in health() at once and in the log a minute later', async () => {
    const logger = new RecordingLogger()
    const { cache, clock } = createTestCache({ namespaces: { user: {}, later: {} }, logger })
    cache.weave(new Users())
    await clock.advance(59_999)
    expect(logger.lines).to.deep.equal([])
    cache.namespace('later')
    const told = 'namespaces.user: nothing has used this namespace yet (is it users?)'
    expect((await cache.health()).warnings).to.deep.equal([told])
    await clock.advance(1)
    expect(logger.lines).to.deep.equal([`warn cachewright: ${told}`])
    expect((await cache.health()).status).to.equal('up')
    await cache.close()
    expect(clock.pending).to.equal(0)
  })

  it('leaves no timer where everything is used, or the cache is closed before', async () => {
    const { cache, clock } = createTestCache({ namespaces: { users: {} } })
    expect(clock.pending).to.equal(1)
    await cache.close()
    expect(clock.pending).to.equal(0)
    expect(createTestCache().clock.pending).to.equal(0)
  })

  it('are options that others make pointless, by class, method and option', async () => {
    const caches = new OpenedCaches()
    const cache = await caches.ready({ redis: redisUrl(), timeouts: PATIENT })
    cache.weave(new Pages())
    expect((await cache.health()).warnings).to.deep.equal([
      "Pages.shared: refreshAhead: nothing is refreshed ahead, since 'memory' is not among its tiers: only reads from memory refresh ahead",
      "Pages.strict: refreshAhead: nothing is refreshed ahead, since consistency is 'strict': only reads from memory refresh ahead",
      'Pages.soft: timeout.soft: it does nothing without a stale result to serve: set staleWhileRevalidate or staleIfError',
      'Pages.queued: queue: no call ever waits, since concurrency is Infinity',
    ])
    expect(cache.stats().warnings).to.deep.equal({ 'no-effect': 4 })
    await caches.close()
  })

  it("is tiers: ['redis'] where there is no redis", async () => {
    const { cache } = createTestCache()
    cache.weave(new Pages())
    expect((await cache.health()).warnings).to.include(
      'Pages.shared: tiers: nothing is stored, since there is neither memory nor a redis to store it in',
    )
    await cache.close()
  })

  it('memory: false keeps nothing in memory, whatever a class says, and refuses memory alone', async () => {
    const caches = new OpenedCaches()
    const cache = await caches.ready({ redis: redisUrl(), memory: false, timeouts: PATIENT })
    expect(() => cache.weave(new Local())).to.throw(
      CacheConfigurationError,
      /^Local\.value: tiers: expected a list with 'redis', .* memory: false, got "memory"$/,
    )
    await cache.set('key', 1)
    await cache.get('key')
    expect(cache.stats().memory.items).to.equal(0)
    const local = caches.open({
      redis: redisUrl(),
      memory: false,
      defaults: { tiers: ['memory'] },
    })
    expect(() => local.namespace('users')).to.throw(CacheConfigurationError, /^users: tiers: /)
    await caches.close()
    await createCache().close()
  })
})
