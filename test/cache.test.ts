import { expect } from 'chai'

import { createCache } from '../src/create-cache.js'
import { CacheConfigurationError } from '../src/errors.js'

describe('Cache', () => {
  it('is ready at once without Redis, within any duration', async () => {
    const cache = createCache()
    expect(await cache.ready(0)).to.equal(true)
    expect(await cache.ready('5s')).to.equal(true)
  })

  it('refuses a timeout that is no duration', async () => {
    const failure = await createCache()
      .ready('soon' as '5s')
      .catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(CacheConfigurationError)
    expect(failure)
      .to.have.property('message')
      .that.matches(/^ready: /)
  })

  it('refuses a bare text as tags, whose letters are not what was meant', async () => {
    const cache = createCache()
    const failure = await cache
      .invalidateTags('team:7' as unknown as string[])
      .catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(CacheConfigurationError)
    // And not the text itself, which may be anybody's.
    expect(failure).to.have.property(
      'message',
      'invalidateTags: expected a list of tags, got a bare text',
    )
  })
})
