import { expect } from 'chai'

import { ModelRedis } from './model-redis.js'

describe('ModelRedis', () => {
  it('lets time pass when no timer is left', async () => {
    const redis = new ModelRedis()
    await redis.pass(250)
    expect(redis.timeline.now).to.equal(250)
  })

  it('lets the rest pass once the last timer has fired', async () => {
    const redis = new ModelRedis()
    const fired: number[] = []
    redis.timeline.schedule(100, () => fired.push(redis.timeline.now))
    await redis.pass(250)
    expect(fired).to.deep.equal([100])
    expect(redis.timeline.now).to.equal(250)
  })

  it('fires no timer that is due later', async () => {
    const redis = new ModelRedis()
    const fired: number[] = []
    redis.timeline.schedule(300, () => fired.push(redis.timeline.now))
    await redis.pass(250)
    expect(fired).to.deep.equal([])
    expect(redis.timeline.now).to.equal(250)
  })
})
