import { expect } from 'chai'

import { ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

describe('A value that its callers may change', () => {
  for (const tags of [undefined, () => ['tag']]) {
    const kind = tags === undefined ? 'no tags' : 'tags'

    it(`I24: goes to Redis as the method returned it, with ${kind}`, async () => {
      const redis = new ModelRedis()
      const [here, there] = [await redis.join(), await redis.join()]
      const options = { isolation: 'share', ...(tags && { tags }) } as const
      const stamping = here.network.hold('stampTags', 'reply')
      const value = await here.entry(options).read('1', returning({ name: 'as returned' }))
      Object.assign(value as object, { name: 'changed by a caller' })
      stamping.open()
      await turn()
      const read = await there.entry(options).read('1', returning('unwanted'))
      expect(read).to.deep.equal({ name: 'as returned' })
    })

    it(`I24: goes to Redis as it was put, with ${kind}`, async () => {
      const redis = new ModelRedis()
      const [here, there] = [await redis.join(), await redis.join()]
      const options = { isolation: 'share', ...(tags && { tags }) } as const
      const stamping = here.network.hold('stampTags', 'reply')
      const value = { name: 'as put' }
      const put = await here.entry(options).beginPut('1')
      const finishing = put(value)
      value.name = 'changed by a caller'
      stamping.open()
      await finishing
      const read = await there.entry(options).read('1', returning('unwanted'))
      expect(read).to.deep.equal({ name: 'as put' })
    })
  }
})
