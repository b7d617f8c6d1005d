import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { Cached } from '../../src/decorators/cached.js'

@CacheConfig({ namespace: 'rows' })
class Base {
  version = 1

  @Cached({ entry: 'row' })
  async find(id: string): Promise<string> {
    return `${id}:${this.version}`
  }

  @CacheEvict({ entry: 'find' })
  async change(_id: string): Promise<void> {
    this.version += 1
  }
}

@CacheConfig({ namespace: 'rows' })
class Sub extends Base {
  @Cached({ entry: 'row' })
  override async find(id: string): Promise<string> {
    return super.find(id)
  }

  async findAsBase(id: string): Promise<string> {
    return super.find(id)
  }
}

describe('An override that shares the entries of its base', () => {
  it('I1: serves nothing evicted, by whichever of the two methods it was read', async () => {
    const cache = createCache()
    const sub = cache.weave(new Sub())
    for (let round = 1; round <= 3; round += 1) {
      for (const read of [() => sub.find('1'), () => sub.findAsBase('1')]) {
        expect(await read()).to.equal(`1:${round}`)
        expect(await read()).to.equal(`1:${round}`)
      }
      await sub.change('1')
    }
    await cache.close()
  })
})
