/** Tests a service with a fake clock: an hour passes instantly, exact to the millisecond. */
import assert from 'node:assert/strict'

import { Cached, CacheConfig, createCache, weave } from 'cachewright'
import { FakeClock } from 'cachewright/testing'

@CacheConfig({ namespace: 'news', jitter: 0 })
class News {
  printed = 0

  @Cached({ ttl: '1h', staleWhileRevalidate: '10m' })
  async frontPage(): Promise<string> {
    this.printed++
    return `edition ${this.printed}`
  }
}

const clock = new FakeClock()
const cache = createCache({ clock })
const news = weave(new News(), cache)

assert.equal(await news.frontPage(), 'edition 1')

await clock.advance(3_600_000 - 1)
assert.equal(await news.frontPage(), 'edition 1')
assert.equal(news.printed, 1)
console.log('one millisecond before the hour: still edition 1')

await clock.advance(1)
assert.equal(await news.frontPage(), 'edition 1')
await clock.advance(0)
assert.equal(await news.frontPage(), 'edition 2')
console.log('after the hour: edition 1 once more, while edition 2 is printed')

await clock.advance(3_600_000 + 600_000)
assert.equal(await news.frontPage(), 'edition 3')
console.log('after the ten minutes too: whoever asks waits for edition 3')

await cache.close()
