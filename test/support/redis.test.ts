import { expect } from 'chai'
import { Redis } from 'ioredis'

import { freshPrefix, REDIS_MODE, redisUrl } from './redis.js'

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
})
