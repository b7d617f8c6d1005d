import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { entryOf } from '../../src/entry-handle.js'
import { createTestCache } from '../../src/testing.js'

@CacheConfig({ namespace: 'names' })
class Names {
  @Cached({ ttl: '1m', jitter: 0 })
  async name(id: string): Promise<string> {
    return `name of ${id}`
  }
}

describe('peek', () => {
  it('keeps what it finds by the argument from being the next to leave', async () => {
    const { cache } = createTestCache({ memory: { maxItems: 2 } })
    const names = cache.weave(new Names())
    const peek = (id: string) => entryOf(names, 'name').peek(id)
    // The second call has it found by the argument from then on.
    for (const id of ['often', 'often', 'once']) await names.name(id)
    expect(peek('often')).to.equal('name of often')
    await names.name('new')
    expect([peek('often'), peek('once')]).to.deep.equal(['name of often', undefined])
    await cache.close()
  })

  it('I17: finds nothing by the argument once it is stale', async () => {
    const { cache, clock } = createTestCache()
    const names = cache.weave(new Names())
    for (const id of ['1', '1']) await names.name(id)
    await clock.advance(59_999)
    expect(entryOf(names, 'name').peek('1')).to.equal('name of 1')
    await clock.advance(1)
    expect(entryOf(names, 'name').peek('1')).to.equal(undefined)
    await cache.close()
  })
})
