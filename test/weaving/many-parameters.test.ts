import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { CacheWeavingError } from '../../src/errors.js'

/** No literal, because the compiler refuses it where it knows the method. */
const UNCHECKED: string = 'name'

@CacheConfig({ namespace: 'untold' })
class Untold {
  @Cached()
  async name(id: string): Promise<string> {
    return id
  }

  @CachedMany({ entry: UNCHECKED })
  async names(ids: string[], trace: string): Promise<string[]> {
    return ids.map((id) => id + trace)
  }
}

@CacheConfig({ namespace: 'told' })
class Told {
  stored = 'first'

  @Cached()
  async name(_id: string): Promise<string> {
    return this.stored
  }

  @CachedMany({ entry: 'name', keyOf: (id: string) => id })
  async names(ids: string[], _trace: string): Promise<string[]> {
    return ids.map(() => this.stored)
  }

  @CacheEvict({ entry: 'name' })
  async rename(_id: string): Promise<void> {
    this.stored = 'second'
  }
}

describe('@CachedMany on a method with more parameters than that of its entry', () => {
  it('I1: is refused without keyOf, since no evict would reach its keys', () => {
    expect(() => createCache().weave(new Untold()))
      .to.throw(CacheWeavingError)
      .with.property('message')
      .that.includes('Untold.names: @CachedMany has no keyOf')
      .and.includes('2 and Untold.name 1')
  })

  it('I1: serves nothing old after an evict where keyOf says which parameters count', async () => {
    const told = createCache().weave(new Told())
    expect(await told.names(['1'], 'a')).to.deep.equal(['first'])
    await told.rename('1')
    expect(await told.names(['1'], 'b')).to.deep.equal(['second'])
  })
})
