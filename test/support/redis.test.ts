import { expect } from 'chai'
import { Redis } from 'ioredis'

import { startChild } from './child.js'
import type { RedisUserFunctions } from './fixtures/redis-user.js'
import { freshPrefix, REDIS_MODE, redisUrl } from './redis.js'
import { startRedis } from './servers.js'

describe('the Redis of the run', () => {
  it('answers at its URL', async () => {
    const client = new Redis(redisUrl())
    try {
      expect(await client.ping()).to.equal('PONG')
    } finally {
      client.disconnect()
    }
  })

  it('says how it was come by', () => {
    expect(REDIS_MODE).to.be.oneOf(['url', 'local', 'container', 'apt'])
  })

  it('hands out prefixes that are neither equal nor the beginning of one another', () => {
    const prefixes = Array.from({ length: 100 }, () => freshPrefix())
    expect(new Set(prefixes)).to.have.lengthOf(100)
    expect(prefixes.every((prefix) => /^t[0-9a-f]{20}$/.test(prefix))).to.equal(true)
  })

  it('is left as it was found: what is under a prefix of the run goes, and nothing else', async () => {
    const server = await startRedis()
    const client = server.client()
    await client.set('theirs', 'value')
    const run = await startChild<RedisUserFunctions>(
      new URL('./fixtures/redis-user.js', import.meta.url),
      { environment: { REDIS_URL: server.url, TEST_REDIS: 'url' } },
    )
    try {
      const prefix = await run.ask('write', 2_500)
      await client.set(`near-${prefix}`, 'value')
      expect(await client.dbsize()).to.equal(2_502)
      await run.ask('endRun')
      expect((await client.keys('*')).toSorted()).to.deep.equal([`near-${prefix}`, 'theirs'])
    } finally {
      await run.kill()
      await server.stop()
    }
  })
})
