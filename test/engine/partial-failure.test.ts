import { expect } from 'chai'

import type { Target } from '../../src/engine/journal.js'
import { ModelRedis } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

const KEYS = Array.from({ length: 30 }, (_, index) => `key ${index}`)

describe('an invalidation of which a part of the cluster knows nothing', () => {
  it('I31: says how many are unconfirmed, serves none of those, and repeats only them', async () => {
    const redis = new ModelRedis(3)
    const [here, there] = await redis.joinTwo()
    const [entry, elsewhere] = [here.entry(), there.entry()]
    for (const key of KEYS) await elsewhere.fill(key, 'old')
    const [broken] = redis.servers
    if (broken === undefined) throw new Error('three servers')
    broken.redis.isMisconfigured = true
    const targets = KEYS.map((key): Target => entry.cached.targetOf(entry.key(key)))
    const { durable, unconfirmed } = await here.caller.evict(targets)
    broken.redis.isMisconfigured = false
    expect(durable).to.equal(false)
    // About a third of them is on the master that refused; the others are gone.
    expect(unconfirmed).to.be.within(1, KEYS.length - 1)
    const left: string[] = []
    there.parts.memory.clear()
    for (const key of KEYS) if ((await elsewhere.lookUp(key)) !== undefined) left.push(key)
    expect(left).to.have.length(unconfirmed)
    expect(here.parts.journal.depth).to.equal(unconfirmed)
    for (const key of KEYS) expect(await entry.lookUp(key), key).to.equal(undefined)
    await redis.pass(200)
    expect(here.parts.journal.depth).to.equal(0)
    there.parts.memory.clear()
    for (const key of left) {
      expect(await elsewhere.read(key, returning('new')), key).to.equal('new')
    }
  })
})
