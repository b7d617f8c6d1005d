import { setImmediate as nextTurn } from 'node:timers/promises'

import { expect } from 'chai'

import { CacheConfig } from '../src/decorators/cache-config.js'
import { CacheEvict } from '../src/decorators/cache-evict.js'
import { Cached } from '../src/decorators/cached.js'
import { requestScope, runInRequestScope } from '../src/request-scope.js'
import { createTestCache } from '../src/testing/create-test-cache.js'

@CacheConfig({ namespace: 'permissions' })
class Permissions {
  calls = 0
  version = 1

  @Cached({ scope: requestScope, tiers: ['memory'] })
  async of(id: string): Promise<string> {
    this.calls += 1
    await nextTurn()
    return `${id}@${this.version}`
  }

  @CacheEvict({ entry: 'of' })
  async change(_id: string): Promise<void> {
    this.version += 1
  }
}

describe('runInRequestScope', () => {
  let permissions: Permissions
  let bypassed: () => number

  beforeEach(() => {
    const { cache } = createTestCache()
    permissions = cache.weave(new Permissions())
    bypassed = () => cache.stats().total.bypassed
  })

  it('keeps results for one request, and has callers in it share a run', async () => {
    await runInRequestScope(async () => {
      await Promise.all([permissions.of('42'), permissions.of('42')])
      await permissions.of('42')
    })
    expect(permissions.calls).to.equal(1)
  })

  it('I27: keeps two requests apart, one after another and at once', async () => {
    const request = (): Promise<string> => runInRequestScope(() => permissions.of('42'))
    await request()
    await Promise.all([request(), request()])
    expect(permissions.calls).to.equal(3)
  })

  it('I10: shows an evict inside of a request to its very next read', async () => {
    await runInRequestScope(async () => {
      expect(await permissions.of('42')).to.equal('42@1')
      await permissions.change('42')
      expect(await permissions.of('42')).to.equal('42@2')
    })
    expect(permissions.calls).to.equal(2)
  })

  it('takes a request within another one for a part of it', async () => {
    await runInRequestScope(async () => {
      const scope = requestScope()
      expect(runInRequestScope(requestScope)).to.equal(scope)
      await permissions.of('42')
      await runInRequestScope(() => permissions.of('42'))
    })
    expect(permissions.calls).to.equal(1)
  })

  it('S14: has calls outside of a request bypass the cache, and counts them', async () => {
    await permissions.of('42')
    await permissions.of('42')
    expect([permissions.calls, bypassed(), requestScope()]).to.deep.equal([2, 2, undefined])
  })
})
