import { expect } from 'chai'

import { ModelRedis } from '../support/model-redis.js'

describe('A put whose method takes very long', () => {
  it('I9: has the key to itself in Redis until the hard timeout, and is stored', async () => {
    const { redis, writer, reader, operation } = await begun()
    await redis.pass(4_000)
    expect(await reader.read('1', async () => 'old')).to.equal('old')
    const result = await operation.finish('new', [], true)
    expect(result.stored).to.equal(true)
    expect(await writer.cached.lookups.find(writer.key('1'), undefined)).to.include({
      value: 'new',
    })
  })

  it('I9: gives it up after the hard timeout: others store, and it ends as an evict', async () => {
    const { redis, writer, reader, operation } = await begun()
    await redis.pass(7_000)
    expect(await reader.read('1', async () => 'old')).to.equal('old')
    await redis.pass(10)
    expect(await writer.cached.lookups.find(writer.key('1'), undefined)).to.include({
      value: 'old',
    })
    const result = await operation.finish('new', [], true)
    expect(result).to.include({ stored: false, durable: true })
    expect(await writer.cached.lookups.find(writer.key('1'), undefined)).to.equal(undefined)
  })

  async function begun() {
    const redis = new ModelRedis()
    const [first, second] = await redis.joinTwo()
    const options = { tiers: ['redis'], timeout: { hard: '5s' } } as const
    const [writer, reader] = [first.entry(options), second.entry(options)]
    const operation = await writer.cached.beginPut(writer.key('1'), undefined)
    return { redis, writer, reader, operation }
  }
})
