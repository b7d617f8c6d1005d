import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { CacheConfigurationError } from '../../src/errors.js'
import { createTestCache, FakeClock } from '../../src/testing.js'

@CacheConfig({ namespace: 'news', jitter: 0.5 })
class News {
  printed = 0

  @Cached({ ttl: '1h' })
  async frontPage(): Promise<number> {
    this.printed += 1
    return this.printed
  }
}

describe('createTestCache', () => {
  it('lets a ttl last to the millisecond, also where a decorator asks for jitter', async () => {
    const { cache, clock } = createTestCache()
    const news = cache.weave(new News())
    await news.frontPage()
    await clock.advance(3_599_999)
    expect(await news.frontPage()).to.equal(1)
    await clock.advance(1)
    expect(await news.frontPage()).to.equal(2)
    await cache.close()
    expect(clock.pending).to.equal(0)
  })

  it('records what the cache did, until it is told to forget', async () => {
    const { cache, observer } = createTestCache()
    const news = cache.weave(new News())
    await news.frontPage()
    await news.frontPage()
    await cache.namespace('news').clear()
    expect(observer.outcomesOf('frontPage')).to.deep.equal(['miss', 'hit'])
    expect(observer.loads).to.have.lengthOf(1)
    expect(observer.invalidations).to.have.lengthOf(1)
    observer.clear()
    expect(observer.calls).to.deep.equal([])
    expect(observer.outcomesOf('frontPage')).to.deep.equal([])
    await cache.close()
  })

  it('takes a clock that several caches share', async () => {
    const clock = new FakeClock(5_000)
    const first = createTestCache({ clock })
    const second = createTestCache({ clock, memory: { maxItems: 1 } })
    expect(first.clock).to.equal(clock)
    expect(second.clock).to.equal(clock)
    await Promise.all([first.cache.close(), second.cache.close()])
  })

  it('refuses what it would ignore', () => {
    for (const [name, value] of [
      ['redis', 'redis://localhost'],
      ['observer', {}],
      ['clock', { now: () => 0, schedule: () => () => undefined }],
    ] as const) {
      expect(() => createTestCache({ [name]: value })).to.throw(
        CacheConfigurationError,
        new RegExp(`^createTestCache: ${name}: `),
      )
    }
  })

  it('takes the options of any cache, and refuses the same mistakes', () => {
    expect(() => createTestCache({ prefix: 'no good' })).to.throw(CacheConfigurationError, /prefix/)
  })
})
