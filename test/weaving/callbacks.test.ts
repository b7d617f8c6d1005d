import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { createTestCache, type RecordingObserver } from '../../src/testing.js'

/** Stands for what arguments and errors may hold; it is in no warning. */
const SECRET = 'hunter2-hunter2'

function failing(..._given: readonly unknown[]): never {
  throw new Error(SECRET)
}

@CacheConfig({ namespace: 'users' })
class Users {
  stored = 'first'

  @Cached()
  async name(_id: string): Promise<string> {
    return this.stored
  }

  @Cached({ key: failing })
  async keyed(id: string): Promise<string> {
    return id
  }

  @Cached({ scope: failing })
  async scoped(id: string): Promise<string> {
    return id
  }

  @Cached({ condition: failing })
  async conditional(id: string): Promise<string> {
    return id
  }

  @Cached({ unless: failing })
  async unwanted(id: string): Promise<string> {
    return id
  }

  @Cached({ ttl: failing })
  async timed(id: string): Promise<string> {
    return id
  }

  @Cached({ tags: failing })
  async tagged(id: string): Promise<string> {
    return id
  }

  @CachePut({ entry: 'name', value: failing })
  async putValue(id: string): Promise<string> {
    return this.#change(id)
  }

  @CachePut({ entry: 'name', unless: failing })
  async putUnless(id: string): Promise<string> {
    return this.#change(id)
  }

  @CachePut({ entry: 'name', key: failing })
  async putKey(id: string): Promise<string> {
    return this.#change(id)
  }

  @CachePut({ entry: 'name', condition: failing })
  async putCondition(id: string): Promise<string> {
    return this.#change(id)
  }

  @CacheEvict({ entry: 'name', key: failing })
  async evictKey(id: string): Promise<string> {
    return this.#change(id)
  }

  @CacheEvict({ entry: 'name', keys: (() => SECRET) as never })
  async evictKeys(id: string): Promise<string> {
    return this.#change(id)
  }

  @CacheEvict({ entry: 'name', keys: (() => 5) as never })
  async evictNumber(id: string): Promise<string> {
    return this.#change(id)
  }

  @CacheEvict({ tags: (() => SECRET) as never })
  async evictTags(id: string): Promise<string> {
    return this.#change(id)
  }

  @CacheEvict({ entry: 'name', condition: failing })
  async evictCondition(id: string): Promise<string> {
    return this.#change(id)
  }

  @CacheEvict({ all: true, scope: failing })
  async evictScope(id: string): Promise<string> {
    return this.#change(id)
  }

  async #change(_id: string): Promise<string> {
    this.stored = 'second'
    return this.stored
  }

  @CachedMany({ entry: 'name', keyOf: (id: string): string => failing(id) })
  async names(ids: string[]): Promise<string[]> {
    return ids
  }
}

/** Its only decorator names tags, so that the class has no entry of its own. */
@CacheConfig({ namespace: 'teams' })
class Teams {
  @CacheEvict({ tags: failing })
  async disband(_id: string): Promise<void> {}
}

describe('A callback that throws', () => {
  let cache: Cache
  let observer: RecordingObserver
  let users: Users

  beforeEach(() => {
    ;({ cache, observer } = createTestCache())
    users = cache.weave(new Users())
  })

  afterEach(() => cache.close())

  const bypasses = 'the call bypasses the cache'
  for (const [method, option, consequence] of [
    ['keyed', '`key` of @Cached', bypasses],
    ['scoped', '`scope` of @Cached', bypasses],
    ['conditional', '`condition` of @Cached', bypasses],
    ['unwanted', '`unless`', 'the result is not stored'],
    ['timed', '`ttl`', 'the result is not stored'],
    ['tagged', '`tags`', 'the result is not stored'],
  ] as const) {
    it(`is told of by class, method and option, once: ${method}`, async () => {
      expect(await users[method]('1')).to.equal('1')
      expect(await users[method]('2')).to.equal('2')
      const message = `${option} threw or returned an invalid value; ${consequence}`
      expect(observer.warnings).to.deep.equal([
        { cache: 'cachewright', cause: 'callback-failed', label: `Users.${method}`, message },
      ])
    })
  }

  for (const [method, option, consequence] of [
    ['putValue', '`value` of @CachePut', 'the key is evicted instead'],
    ['putUnless', '`unless` of @CachePut', 'the key is evicted instead'],
    ['putKey', '`key` of @CachePut', 'nothing is put, and the entry is cleared'],
    ['putCondition', '`condition` of @CachePut', 'nothing is put, and the entry is cleared'],
    ['evictKey', '`key` of @CacheEvict', 'all keys of the entry are evicted instead'],
    ['evictKeys', '`keys` of @CacheEvict', 'all keys of the entry are evicted instead'],
    ['evictNumber', '`keys` of @CacheEvict', 'all keys of the entry are evicted instead'],
    [
      'evictTags',
      '`tags` of @CacheEvict',
      'the namespace is cleared instead; what other namespaces have stays',
    ],
    ['evictCondition', '`condition` of @CacheEvict', 'the eviction happens anyway'],
    ['evictScope', '`scope` of @CacheEvict', 'the eviction happens anyway'],
  ] as const) {
    it(`I1: leaves no old value standing, and is told of: ${method}`, async () => {
      expect(await users.name('1')).to.equal('first')
      expect(await users[method]('1')).to.equal('second')
      expect(await users.name('1')).to.equal('second')
      expect(observer.warnings.map(({ label, message }) => `${label}: ${message}`)).to.deep.equal([
        `Users.${method}: ${option} threw or returned an invalid value; ${consequence}`,
      ])
      expect(JSON.stringify(observer)).to.not.include(SECRET)
    })
  }

  it('is told of in a list of items, and so is what is no list', async () => {
    expect(await users.names(['1', '2'])).to.deep.equal(['1', '2'])
    await users.names('no list' as never)
    expect(observer.warnings.map(({ label, message }) => `${label}: ${message}`)).to.deep.equal([
      'Users.names: `keyOf` of @CachedMany threw or returned an invalid value; the call bypasses the cache',
      'Users.names: arguments[0] cannot be part of a key (not-a-list); the call bypasses the cache',
    ])
  })

  it('is told of where the class has no entry', async () => {
    await cache.weave(new Teams()).disband('1')
    expect(observer.warnings.map(({ label }) => label)).to.deep.equal(['Teams.disband'])
  })
})
