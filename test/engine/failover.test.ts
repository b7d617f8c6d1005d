import { expect } from 'chai'

import { hashSlot } from '../../src/redis/hash-slot.js'
import { gate } from '../support/gate.js'
import { BOUND } from '../support/model/model-cache.js'
import { type JoinedEntry, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

/** An argument whose entry is on the other of two masters than the tags are. */
function argumentApartFromTags(entry: JoinedEntry, tagClock: string): string {
  for (let number = 0; ; number += 1) {
    const argument = String(number)
    if (hashSlot(entry.id(argument)) % 2 !== hashSlot(tagClock) % 2) return argument
  }
}

describe('a failover that loses what was confirmed', () => {
  it('I20: who issued an eviction never reads its old value again, however long the replay takes', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    await there.entry().fill('1', 'old')
    const entry = here.entry()
    const failsOverTo = redis.server.writes
    expect(await entry.evict('1')).to.equal(true)
    redis.server.failOver(redis.server.writes - failsOverTo, 0)
    const replaying = here.network.hold('invalidate', 'request')
    const recovered = here.tier.recover(true)
    await replaying.reached
    // Reads no longer wait for the replay.
    await redis.pass(1_000)
    expect(await entry.read('1', returning('new'))).to.equal('new')
    replaying.open()
    await recovered
  })

  it('I20: other processes are fresh once the eviction has been replayed', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const elsewhere = there.entry()
    await elsewhere.fill('1', 'old')
    const failsOverTo = redis.server.writes
    await here.entry().evict('1')
    await turn()
    redis.server.failOver(redis.server.writes - failsOverTo, 0)
    expect(await elsewhere.read('1', returning('new'))).to.equal('old')
    await here.tier.recover(true)
    await redis.pass(BOUND)
    expect(await elsewhere.read('1', returning('new'))).to.equal('new')
  })

  it('I15: on a cluster a load from before it is not stored under a tag clock that has come again', async () => {
    const redis = new ModelRedis(2)
    const [here, there] = await redis.joinTwo()
    const options = { tags: ['team'], consistency: 'strict' } as const
    const [entry, elsewhere] = [here.entry(options), there.entry(options)]
    const { tagClock } = here.parts.names
    const argument = argumentApartFromTags(entry, tagClock)
    const tags = redis.servers[hashSlot(tagClock) % 2]
    if (tags === undefined) throw new Error('there is no such master')
    await elsewhere.invalidateTag('a')
    const failsOverTo = tags.writes
    // The clock moves, a load captures it, and then the move is lost and another one comes in its place.
    await elsewhere.invalidateTag('b')
    const loading = gate()
    const early = entry.read(argument, returning('old', loading))
    await loading.reached
    tags.failOver(tags.writes - failsOverTo, 0)
    await here.tier.recover(true)
    await elsewhere.invalidateTag('team')
    loading.open()
    expect(await early).to.equal('old')
    await turn()
    expect(await elsewhere.read(argument, returning('new'))).to.equal('new')
  })
})
