import { expect } from 'chai'

import { gate } from '../support/gate.js'
import { BOUND } from '../support/model/model-cache.js'
import { ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

describe('coherence of the engine', () => {
  it('F4: a caller gets the result when Redis does not answer for the tags of what it found', async () => {
    const redis = new ModelRedis()
    const [reader, writer] = await redis.joinTwo()
    const options = { tags: ['team'] }
    const looked = reader.network.hold('read', 'reply')
    const reading = reader.entry(options).read('1', returning('loaded'))
    await looked.reached
    await writer.entry(options).fill('1', 'stored')
    const asked = reader.network.hold('acquire', 'reply')
    looked.open()
    await asked.reached
    reader.network.loseReplies('read')
    asked.open()
    expect(await reading).to.equal('loaded')
  })

  it('I13: what was served stale before an evict is not what a refresh falls back to after it', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { ttl: 1_000, staleWhileRevalidate: 60_000, staleIfError: 60_000 } as const
    await there.entry(options).read('1', returning('old'))
    await redis.pass(2_000)
    const entry = here.entry(options)
    const found = here.network.hold('read', 'reply')
    const early = entry.read('1', returning('new'))
    await found.reached
    await entry.evict('1')
    // Somebody else loads it, so that the refresh which the stale reply starts is not needed.
    const loading = gate()
    const elsewhere = there.entry(options).read('1', returning('new', loading))
    await loading.reached
    const refreshing = here.network.hold('acquire', 'request')
    found.open()
    expect(await early).to.equal('old')
    await refreshing.reached
    const late = entry.read('1', returning('new'))
    refreshing.open()
    loading.open()
    await redis.pass(200)
    expect(await late).to.equal('new')
    await elsewhere
  })

  it('I2: a strict read tells two stores of one instant apart', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { consistency: 'strict' } as const
    const [entry, elsewhere] = [here.entry(options), there.entry(options)]
    await elsewhere.fill('1', 'old')
    // Memory has it now, and will be told by Redis whether it is still the one that is stored.
    expect(await entry.read('1', returning('unwanted'))).to.equal('old')
    const log = here.logNetwork.hold('xread', 'reply')
    await elsewhere.evict('1')
    await elsewhere.fill('1', 'new')
    expect(await entry.read('1', returning('unwanted'))).to.equal('new')
    log.open()
  })

  it('I4: a look-up puts nothing into memory that was evicted while it read Redis', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    await there.entry().fill('1', 'old')
    const found = here.network.hold('read', 'reply')
    const early = here.entry().lookUp('1')
    await found.reached
    await there.entry().evict('1')
    await turn()
    found.open()
    expect(await early).to.equal('old')
    expect(await here.entry().lookUp('1')).to.equal(undefined)
  })

  it('I19: after an unconfirmed invalidation of a tag nobody joins a load from before it', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry({ tags: ['team'] })
    const loading = gate()
    const early = entry.read('1', returning('old', loading))
    await loading.reached
    redis.server.redis.isMisconfigured = true
    expect(await entry.invalidateTag('team')).to.equal(false)
    redis.server.redis.isMisconfigured = false
    const late = entry.read('1', returning('new'))
    await turn()
    loading.open()
    expect(await early).to.equal('old')
    expect(await late).to.equal('new')
  })

  it('I21: with a silent log, memory is behind by no more than the bound, also for tags', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { tags: ['team'] }
    const entry = here.entry(options)
    await entry.read('1', returning('old'))
    // The tag's token is remembered; then the log falls silent, just before the tag is invalidated.
    await redis.pass(100)
    here.logNetwork.hold('get', 'request')
    here.logNetwork.hold('xread', 'reply')
    await there.entry(options).invalidateTag('team')
    here.parts.memory.clear()
    await redis.pass(BOUND - 200)
    expect(await entry.read('1', returning('new'))).to.equal('old')
    await redis.pass(300)
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })

  for (const [outageTtl, kind] of [
    [undefined, 'the bound'],
    [10_000, 'outageTtl where that is longer'],
  ] as const) {
    it(`I21: memory that has no proof answers until ${kind} after its load began`, async () => {
      const redis = new ModelRedis()
      const here = await redis.join(outageTtl === undefined ? {} : { outageTtl })
      const entry = here.entry()
      here.network.isDown = true
      here.logNetwork.isDown = true
      // By then nothing is left of the last proof of the log.
      await redis.pass(BOUND + 500)
      expect(await entry.read('1', returning('first'))).to.equal('first')
      const lifetime = outageTtl ?? BOUND
      await redis.pass(lifetime - 50)
      expect(await entry.read('1', returning('unwanted'))).to.equal('first')
      await redis.pass(100)
      expect(await entry.read('1', returning('second'))).to.equal('second')
    })
  }

  it('C29: memory keeps what it found in Redis no longer than Redis does', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    await there.entry({ ttl: 60_000 }).fill('1', 'old')
    await redis.pass(50_000)
    const entry = here.entry({ ttl: 60_000 })
    expect(await entry.read('1', returning('unwanted'))).to.equal('old')
    await redis.pass(9_900)
    expect(await entry.read('1', returning('unwanted'))).to.equal('old')
    await redis.pass(200)
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })

  it('I22: a reader waits for the load of another process no longer than a load may take', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const hanging = gate()
    const elsewhere = there.entry({ timeout: { hard: Number.POSITIVE_INFINITY } })
    const theirs = elsewhere.read('1', returning('theirs', hanging))
    await hanging.reached
    let own: unknown
    const reading = here
      .entry({ timeout: { hard: 5_000 } })
      .read('1', returning('own'))
      .then((value) => {
        own = value
      })
    await redis.pass(4_900)
    expect(own).to.equal(undefined)
    await redis.pass(300)
    expect(own).to.equal('own')
    await reading
    hanging.open()
    expect(await theirs).to.equal('theirs')
  })

  it('I22: who joins a refresh that turns out to be needless reads for itself', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { ttl: 1_000, staleWhileRevalidate: 1_000 } as const
    const entry = here.entry(options)
    await entry.read('1', returning('old'))
    await redis.pass(1_900)
    const loading = gate()
    const elsewhere = there.entry(options).refresh('1', returning('new', loading))
    await loading.reached
    const refreshing = here.network.hold('acquire', 'request')
    expect(await entry.read('1', returning('unwanted'))).to.equal('old')
    await refreshing.reached
    await redis.pass(200)
    const late = entry.read('1', returning('own'))
    refreshing.open()
    await turn()
    loading.open()
    await elsewhere
    await redis.pass(200)
    expect(await late).to.equal('new')
  })
})
