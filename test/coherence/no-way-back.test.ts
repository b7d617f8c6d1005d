import { expect } from 'chai'

import { gate } from '../support/gate.js'
import { BOUND, type JoinedProcess, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

/** What `read` of a process brings once Redis has not answered its first question. */
async function readUnanswered(
  process: JoinedProcess,
  read: () => Promise<unknown>,
): Promise<unknown> {
  process.network.loseReplies('read')
  try {
    return await read()
  } finally {
    process.network.loseReplies('read', false)
  }
}

describe('A process that has served a newer row than Redis has', () => {
  const strict = { consistency: 'strict' } as const

  it('I5: never reads the older one there while its own evict is under way', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry(strict)
    await entry.read('1', returning('old'))
    await turn()
    const evicting = process.network.hold('invalidate', 'request')
    const evict = entry.evict('1')
    await evicting.reached
    expect(await readUnanswered(process, () => entry.read('1', returning('new')))).to.equal('new')
    expect(await entry.lookUp('1')).to.equal(undefined)
    expect(await entry.read('1', returning('new'))).to.equal('new')
    evicting.open()
    expect(await evict).to.equal(true)
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })

  it('I5: never reads the older one there before another process has evicted it', async () => {
    const redis = new ModelRedis()
    const [here, there] = [await redis.join(), await redis.join()]
    const entry = here.entry(strict)
    await there.entry(strict).read('1', returning('old'))
    await turn()
    expect(await entry.read('1', returning('unwanted'))).to.equal('old')
    expect(await readUnanswered(here, () => entry.read('1', returning('new')))).to.equal('new')
    expect(await entry.read('1', returning('new'))).to.equal('new')
    await turn()
    // It has replaced what it did not believe, once and for everybody.
    expect(await entry.read('1', returning('unwanted'))).to.equal('new')
    expect(await there.entry(strict).read('1', returning('unwanted'))).to.equal('new')
  })

  it('I5: never reads the older one there when memory has lost the newer one', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry()
    await entry.read('1', returning('old'))
    await turn()
    process.parts.memory.clear()
    expect(await readUnanswered(process, () => entry.read('1', returning('new')))).to.equal('new')
    process.parts.memory.clear()
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })

  it('I5: never reads the older one there while the newer one is on its way', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry(strict)
    await entry.read('1', returning('old'))
    await turn()
    const storing = process.network.hold('store', 'request')
    expect(await entry.refresh('1', returning('new'))).to.equal('new')
    await storing.reached
    expect(await entry.lookUp('1')).to.equal(undefined)
    storing.open()
    await turn()
    expect(await entry.lookUp('1')).to.equal('new')
  })

  it('I5: knows its own store, though Redis has not said yet that it has it', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry(strict)
    const storing = process.network.hold('store', 'reply')
    expect(await entry.read('1', returning('new'))).to.equal('new')
    await storing.reached
    expect(await entry.read('1', returning('unwanted'))).to.equal('new')
    storing.open()
  })

  it('I5: never reads the older one there when the store of the newer one got no answer', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry(strict)
    await entry.read('1', returning('old'))
    await turn()
    const storing = process.network.hold('store', 'request')
    expect(await entry.refresh('1', returning('new'))).to.equal('new')
    await storing.reached
    process.network.isDown = true
    // It went to a connection that is gone.
    storing.open()
    await turn()
    process.network.isDown = false
    const late = entry.read('1', returning('newest'))
    // Until the lease has run out that could not be given back.
    await redis.pass(1_500)
    expect(await late).to.equal('newest')
  })

  it('I5: never finds the older one in memory that may be trusted again', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry()
    await entry.read('1', returning('old'))
    await turn()
    const log = ['get', 'xread'].map((name) => process.logNetwork.hold(name, 'reply'))
    redis.timeline.pass(BOUND + 1_000)
    const loading = gate()
    process.network.loseReplies('read')
    const early = entry.read('1', async () => {
      await loading.wait()
      return 'new'
    })
    await loading.reached
    process.network.loseReplies('read', false)
    const evicting = process.network.hold('invalidate', 'request')
    const evict = entry.evict('1')
    await evicting.reached
    loading.open()
    expect(await early).to.equal('new')
    for (const held of log) held.open()
    await redis.pass(600)
    expect(process.parts.log.provenAt).to.be.above(BOUND)
    expect(await entry.read('1', returning('new'))).to.equal('new')
    evicting.open()
    await evict
  })
})
