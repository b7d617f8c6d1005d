import { randomBytes } from 'node:crypto'

import { expect } from 'chai'

import { eventually } from '../support/eventually.js'
import { ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

describe('what is sealed for Redis', () => {
  for (const tags of [undefined, ['tag']]) {
    const kind = tags === undefined ? 'no tags' : 'a tag'
    const options = tags === undefined ? {} : { tags }

    it(`I25: comes back as it was, with ${kind}, when it is large enough to be compressed aside`, async () => {
      const redis = new ModelRedis()
      const [here, there] = await redis.joinTwo()
      const large = randomBytes(100_000).toString('hex')
      await here.entry(options).read('1', returning(large))
      await eventually(async () => (await there.entry(options).lookUp('1')) === large)
    })

    it(`F36: is nothing, with ${kind}, where its text is larger than a value may be`, async () => {
      const redis = new ModelRedis()
      const [here, there] = await redis.joinTwo()
      const limited = { ...options, maxValueBytes: 2_000 }
      // Six letters each, once it is written down.
      const escaped = '\u0001'.repeat(500)
      expect(await here.entry(limited).read('1', returning(escaped))).to.equal(escaped)
      await turn()
      expect(here.network.sent).not.to.include('store')
      // The lease was given back: nobody waits for it.
      const read = there.entry(limited).read('1', returning('small'))
      expect(await Promise.race([read, turn()])).to.equal('small')
    })
  }
})
