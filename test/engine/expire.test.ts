import { expect } from 'chai'

import { gate } from '../support/gate.js'
import { ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

describe('expiring a key by hand', () => {
  it('I4: what is read from Redis while a key is expired is not fresh afterwards', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry({ staleIfError: '1h' })
    await entry.fill('1', 'old')
    process.parts.memory.clear()
    const expiring = process.network.hold('expire', 'request')
    const expired = entry.cached.expire(entry.key('1'))
    await expiring.reached
    expect(await entry.read('1', returning('new'))).to.equal('old')
    expiring.open()
    expect(await expired).to.equal(true)
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })

  it('I1: a load from before a key was expired is not stored as fresh', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const [entry, elsewhere] = [here.entry(), there.entry()]
    const loading = gate()
    const early = elsewhere.read('1', returning('old', loading))
    await loading.reached
    // The other process hears of it too late.
    const log = there.logNetwork.hold('xread', 'reply')
    await entry.cached.expire(entry.key('1'))
    loading.open()
    expect(await early).to.equal('old')
    await turn()
    expect(await entry.read('1', returning('new'))).to.equal('new')
    log.open()
  })

  it('I2: code of another version finds the key expired as well', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const [entry, newer] = [
      here.entry({ staleIfError: '1h' }),
      there.entry({ staleIfError: '1h' }, '2'),
    ]
    await newer.fill('1', 'old')
    await entry.cached.expire(entry.key('1'))
    await turn()
    expect(await newer.read('1', returning('new'))).to.equal('new')
  })

  it('F19: a key is expired when the memory of Redis is full', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const [entry, elsewhere] = [
      here.entry({ staleIfError: '1h' }),
      there.entry({ staleIfError: '1h' }),
    ]
    await elsewhere.fill('1', 'old')
    redis.server.redis.isFull = true
    expect(await entry.cached.expire(entry.key('1'))).to.equal(true)
    await turn()
    expect(await elsewhere.read('1', returning('new'))).to.equal('new')
  })

  it('F1: nothing is fresh here of what Redis did not confirm to be expired', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry({ staleIfError: '1h' })
    await entry.fill('1', 'old')
    process.network.loseReplies('expire')
    expect(await entry.cached.expire(entry.key('1'))).to.equal(false)
    expect(entry.cached.peek(entry.key('1'))).to.equal(undefined)
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })
})
