import { expect } from 'chai'

import { Row } from '../coherence/row.js'
import { eventually } from '../support/eventually.js'
import { CachesOnRedis } from './caches-on-redis.js'

describe('A cache some of whose keys hold what somebody else put there', function () {
  this.timeout(20_000)
  const caches = new CachesOnRedis()

  before(() => caches.start())

  afterEach(async () => {
    await caches.close()
    await caches.server.ask('FLUSHALL')
  })

  after(() => caches.stop())

  for (const [what, pattern] of [
    ['an entry', '*:rows:*'],
    ['a version of a namespace', '*}:n'],
    ['a version of an entry', '*}:e:*'],
    ['a tag', '*#tags}:t:*'],
    ['the clock of the tags', '*#tags}:clock'],
    ['the log', '*#log}:stream'],
    ['the tail of the log', '*#log}:tail'],
  ] as const) {
    it(`F40: ${what} whose key holds a list is a miss, and evicts succeed`, async () => {
      const cache = await caches.ready({ memory: false })
      const rows = cache.namespace('rows')
      const row = new Row()
      const read = (): Promise<number> => rows.getOrLoad(1, row.load, { tags: ['t'] })
      await read()
      await eventually(() => rows.has(1))
      await cache.invalidateTags(['t'])
      await read()
      await eventually(() => rows.has(1))
      await rows.delete(2)
      const keys = (await caches.server.ask('KEYS', `${caches.prefix}${pattern}`)) as string[]
      const braced = (await caches.server.ask('KEYS', `{${caches.prefix}${pattern}`)) as string[]
      const found = [...keys, ...braced]
      expect(found).not.to.be.empty
      for (const key of found) {
        await caches.server.ask('DEL', key)
        await caches.server.ask('LPUSH', key, 'squatter')
      }
      row.version = 2
      const results = [await rows.delete(1), await cache.invalidateTags(['t']), await rows.clear()]
      expect(results.every(({ durable }) => durable)).to.equal(true)
      expect(await read()).to.equal(2)
      await eventually(async () => (await read()) === 2 && (await rows.has(1)))
      expect(cache.stats().total.errors).to.equal(0)
    })
  }
})
