import { expect } from 'chai'

import type { Cache } from '../../src/cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import { createTestCache, type RecordingObserver } from '../../src/testing.js'

/** The compiler refuses them too; these are for whoever does not ask it, or has an `any`. */
const later = (async () => false) as never
const nothing = (() => undefined) as never
const aNumber = (() => 7) as never

@CacheConfig({ namespace: 'answers' })
class Users {
  stored = 'first'
  runs = 0

  @Cached()
  async name(_id: string): Promise<string> {
    return this.stored
  }

  @Cached({ condition: later })
  async conditional(_id: string): Promise<number> {
    return this.#run()
  }

  @Cached({ unless: later })
  async unwanted(_id: string): Promise<number> {
    return this.#run()
  }

  @Cached({ key: nothing })
  async keyed(_id: string): Promise<number> {
    return this.#run()
  }

  @Cached({ scope: aNumber })
  async scoped(_id: string): Promise<number> {
    return this.#run()
  }

  @Cached({ scope: (() => null) as never })
  async withoutScope(_id: string): Promise<number> {
    return this.#run()
  }

  @CachePut({ entry: 'name', key: nothing })
  async putKey(id: string): Promise<string> {
    return this.#change(id)
  }

  @CachePut({ entry: 'name', condition: later })
  async putCondition(id: string): Promise<string> {
    return this.#change(id)
  }

  @CachePut({ entry: 'name', unless: later })
  async putUnless(id: string): Promise<string> {
    return this.#change(id)
  }

  @CacheEvict({ entry: 'name', condition: later })
  async evictCondition(id: string): Promise<string> {
    return this.#change(id)
  }

  #run(): number {
    this.runs += 1
    return this.runs
  }

  #change(_id: string): string {
    this.stored = 'second'
    return this.stored
  }
}

describe('A callback that gives what it must not', () => {
  let cache: Cache
  let observer: RecordingObserver
  let users: Users

  beforeEach(() => {
    ;({ cache, observer } = createTestCache())
    users = cache.weave(new Users())
  })

  afterEach(() => cache.close())

  const told = (): string[] => observer.warnings.map(({ label, message }) => `${label}: ${message}`)

  for (const [method, option, consequence] of [
    ['conditional', '`condition` of @Cached', 'the call bypasses the cache'],
    ['unwanted', '`unless`', 'the result is not stored'],
    ['keyed', '`key` of @Cached', 'the call bypasses the cache'],
    ['scoped', '`scope` of @Cached', 'the call bypasses the cache'],
  ] as const) {
    it(`S42: leaves the call to the method, and is told of: ${method}`, async () => {
      expect(await users[method]('1')).to.equal(1)
      expect(await users[method]('1')).to.equal(2)
      expect(told()).to.deep.equal([
        `Users.${method}: ${option} threw or returned an invalid value; ${consequence}`,
      ])
    })
  }

  for (const [method, option, consequence] of [
    ['putKey', '`key` of @CachePut', 'nothing is put, and the entry is cleared'],
    ['putCondition', '`condition` of @CachePut', 'nothing is put, and the entry is cleared'],
    ['putUnless', '`unless` of @CachePut', 'the key is evicted instead'],
    ['evictCondition', '`condition` of @CacheEvict', 'the eviction happens anyway'],
  ] as const) {
    it(`I1: leaves no old value standing, and is told of: ${method}`, async () => {
      expect(await users.name('1')).to.equal('first')
      expect(await users[method]('1')).to.equal('second')
      expect(await users.name('1')).to.equal('second')
      expect(told()).to.deep.equal([
        `Users.${method}: ${option} threw or returned an invalid value; ${consequence}`,
      ])
    })
  }

  it('is not told of where it says that there is no scope', async () => {
    expect(await users.withoutScope('1')).to.equal(1)
    expect(await users.withoutScope('1')).to.equal(2)
    expect(told()).to.deep.equal([])
  })
})
