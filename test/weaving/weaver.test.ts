import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { entryOf } from '../../src/entry-handle.js'
import { CacheWeavingError } from '../../src/errors.js'
import { createTestCache } from '../../src/testing.js'
import { weave } from '../../src/weave.js'

@CacheConfig({ namespace: 'users' })
class Users {
  runs = 0

  @Cached()
  async name(id: string): Promise<string> {
    this.runs += 1
    return id
  }
}

/** As from a program without types, or with wrong ones. */
type Untyped = (instance: unknown, cache?: unknown) => unknown

describe('weave()', () => {
  let cache: Cache

  beforeEach(() => {
    ;({ cache } = createTestCache())
  })

  afterEach(() => cache.close())

  for (const [what, given, told] of [
    ['a number', 5, 'got a number'],
    ['nothing', undefined, 'got undefined'],
    ['null', null, 'got null'],
    ['a function', () => 1, 'got a function or a class'],
    ['a class with decorated methods', Users, 'got the class Users. Write weave(new Users('],
  ] as const) {
    it(`refuses ${what} instead of leaving it uncached`, () => {
      expect(() => (weave as Untyped)(given, cache)).to.throw(CacheWeavingError, told)
      expect(() => (cache.weave.bind(cache) as Untyped)(given)).to.throw(CacheWeavingError, told)
    })
  }

  it('refuses what is no cache', () => {
    expect(() => (weave as Untyped)(new Users())).to.throw(CacheWeavingError, 'createCache')
    expect(() => (weave as Untyped)(new Users(), {})).to.throw(CacheWeavingError, 'createCache')
  })

  it('refuses an instance that another open cache has woven, and leaves it with that one', async () => {
    const users = weave(new Users(), cache)
    const other = createCache()
    expect(() => weave(users, other)).to.throw(
      CacheWeavingError,
      /^Users: another cache has already woven this instance/,
    )
    expect(() => other.entryOf(users, 'name')).to.throw(CacheWeavingError, 'another cache')
    await users.name('1')
    expect(await cache.entryOf(users, 'name').explain('1')).to.include({ source: 'memory' })
    await other.close()
  })

  it('is harmless with the same cache, and takes over from one that was closed', async () => {
    const former = createCache()
    const users = weave(weave(new Users(), former), former)
    await users.name('1')
    await former.close()
    weave(users, cache)
    await users.name('1')
    await users.name('1')
    expect(users.runs).to.equal(2)
  })

  it('leaves what has no decorated methods as it is', () => {
    const plain = { held: 1 }
    expect(weave(plain, cache)).to.equal(plain)
    expect(weave(new Date(0), cache)).to.be.instanceOf(Date)
  })

  it('says which class and method entryOf does not find, and what was meant', async () => {
    const users = weave(new Users(), cache)
    const find = entryOf as unknown as (instance: unknown, method: string) => unknown
    expect(() => find(users, 'nam')).to.throw(
      CacheWeavingError,
      "entryOf(Users, 'nam'): Users has no @Cached method 'nam' (is it name?); it has name",
    )
    expect(() => find(undefined, 'name')).to.throw(CacheWeavingError, 'got undefined')
    expect(() => find(new Users(), 'name')).to.throw(CacheWeavingError, 'is not woven')
  })
})
