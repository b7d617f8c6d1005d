import { AsyncLocalStorage } from 'node:async_hooks'

import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { createTestCache } from '../../src/testing/create-test-cache.js'
import { gate, type Gate } from '../support/gate.js'

const user = new AsyncLocalStorage<string>()
/** Runs what it is given in the context of this module: in that of nobody. */
const outside = AsyncLocalStorage.snapshot()

@CacheConfig({ namespace: 'seen', jitter: 0 })
class Seen {
  readonly by: (string | undefined)[] = []
  held: Gate | undefined

  @Cached({ ttl: '1m', staleWhileRevalidate: '1h' })
  async shared(_id: string): Promise<void> {
    this.by.push(user.getStore())
    await this.held?.wait()
  }

  @Cached({ ttl: '1m', staleWhileRevalidate: '1h' })
  async neutral(_id: string): Promise<void> {
    await outside(async () => {
      this.by.push(user.getStore())
    })
  }
}

describe('The context in which a method runs', () => {
  const turn = (): Promise<void> => new Promise(setImmediate)

  it('C21, S13: is that of who came first, and each caller goes on in its own', async () => {
    const { cache } = createTestCache()
    const seen = cache.weave(new Seen())
    seen.held = gate()
    const goesOnAs: (string | undefined)[] = []
    const read = (name: string): Promise<void> =>
      user.run(name, async () => {
        await seen.shared('1')
        goesOnAs.push(user.getStore())
      })
    const reading = [read('ann'), read('bob')]
    await seen.held.reached
    seen.held.open()
    await Promise.all(reading)
    await read('cid')
    expect(seen.by).to.deep.equal(['ann'])
    expect(goesOnAs).to.have.members(['ann', 'bob', 'cid'])
  })

  it('C21, S13: is for a refresh that of who found the result stale', async () => {
    const { cache, clock } = createTestCache()
    const seen = cache.weave(new Seen())
    await user.run('ann', () => seen.shared('1'))
    await clock.advance(60_001)
    await user.run('bob', () => seen.shared('1'))
    await turn()
    expect(seen.by).to.deep.equal(['ann', 'bob'])
  })

  it('C21, S13: is nobody’s for a method that leaves it, also in a refresh', async () => {
    const { cache, clock } = createTestCache()
    const seen = cache.weave(new Seen())
    await user.run('ann', () => seen.neutral('1'))
    await clock.advance(60_001)
    await user.run('bob', () => seen.neutral('1'))
    await turn()
    expect(seen.by).to.deep.equal([undefined, undefined])
  })
})
