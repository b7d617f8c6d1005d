import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { Cached } from '../../src/decorators/cached.js'
import type { Key } from '../../src/options/entry-options.js'
import { createTestCache } from '../../src/testing/create-test-cache.js'

@CacheConfig({ namespace: 'names' })
class Names {
  /** What ran, in order. */
  readonly ran: string[] = []

  @Cached()
  async name(id: string): Promise<string> {
    this.ran.push(`name ${id}`)
    return `loaded ${id}`
  }

  @Cached({ scope: (tenant: string) => tenant, key: (_tenant: string, id: string) => id })
  async owned(tenant: string, id: string): Promise<string> {
    this.ran.push(`owned ${tenant} ${id}`)
    return `loaded ${tenant} ${id}`
  }

  @CachePut({ entry: 'name' })
  async same(id: string): Promise<string> {
    return this.#put(id)
  }

  @CachePut({ entry: 'name', key: (_name: string, id: string) => id })
  async keyed(_name: string, id: string): Promise<string> {
    return this.#put(id)
  }

  @CachePut({
    entry: 'name',
    key: (id: string) => id,
    value: (_count: number, _id: string, name: string) => name,
  })
  async argument(id: string, _name: string): Promise<number> {
    await this.#put(id)
    return 1
  }

  @CachePut({ entry: 'name', condition: (id: string) => id !== 'a' })
  async unlessA(id: string): Promise<string> {
    return this.#put(id)
  }

  @CachePut({ entry: 'name', unless: (result: string) => result === 'put a' })
  async unlessPutA(id: string): Promise<string> {
    return this.#put(id)
  }

  @CachePut({ entry: 'owned' })
  async ownedSame(_tenant: string, id: string): Promise<string> {
    return this.#put(id)
  }

  @CachePut({
    entry: 'owned',
    key: (id: string): Key => id,
    scope: (_id: string, of: string) => of,
  })
  async ownedBy(id: string, _of: string): Promise<string> {
    return this.#put(id)
  }

  /** Two on one method are one advice. */
  @CachePut({ entry: 'name' })
  @CachePut({ entry: 'owned', key: (id: string): Key => id, scope: () => 'red' })
  async both(id: string): Promise<string> {
    return this.#put(id)
  }

  async #put(id: string): Promise<string> {
    this.ran.push('put')
    return `put ${id}`
  }
}

describe('@CachePut', () => {
  let names: Names

  beforeEach(() => {
    names = createTestCache().cache.weave(new Names())
  })

  it('always runs, and stores its result under its own arguments', async () => {
    expect(await names.same('a')).to.equal('put a')
    expect(await names.same('a')).to.equal('put a')
    expect(await names.name('a')).to.equal('put a')
    expect(await names.name('b')).to.equal('loaded b')
    expect(names.ran).to.deep.equal(['put', 'put', 'name b'])
  })

  it('stores under what `key` says', async () => {
    await names.keyed('Ada', 'a')
    expect(await names.name('a')).to.equal('put a')
  })

  it('stores what `value` says in place of the result', async () => {
    expect(await names.argument('a', 'Ada')).to.equal(1)
    expect(await names.name('a')).to.equal('Ada')
  })

  it('only runs where its `condition` does not hold', async () => {
    await names.name('a')
    expect(await names.unlessA('a')).to.equal('put a')
    expect(await names.name('a')).to.equal('loaded a')
    await names.unlessA('b')
    expect(await names.name('b')).to.equal('put b')
    expect(names.ran).to.deep.equal(['name a', 'put', 'put'])
  })

  it('I1: evicts the key where `unless` holds of the result, and stores it where not', async () => {
    await names.name('a')
    expect(await names.unlessPutA('a')).to.equal('put a')
    await names.name('a')
    await names.unlessPutA('b')
    expect(await names.name('b')).to.equal('put b')
    expect(names.ran).to.deep.equal(['name a', 'put', 'name a', 'put'])
  })

  it('I27: stores in the scope of the entry, or in that of its own', async () => {
    await names.ownedSame('red', 'a')
    await names.ownedBy('b', 'red')
    expect(await names.owned('red', 'a')).to.equal('put a')
    expect(await names.owned('red', 'b')).to.equal('put b')
    expect(await names.owned('blue', 'a')).to.equal('loaded blue a')
    expect(await names.owned('blue', 'b')).to.equal('loaded blue b')
  })

  it('fills several entries by one call', async () => {
    await names.both('a')
    expect(await names.name('a')).to.equal('put a')
    expect(await names.owned('red', 'a')).to.equal('put a')
    expect(names.ran).to.deep.equal(['put'])
  })
})
