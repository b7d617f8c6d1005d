import { expect } from 'chai'

import { Unshared } from '../../src/engine/unshared.js'
import { type Gate, gate } from '../support/gate.js'
import { BOUND } from '../support/model/model-cache.js'
import { type JoinedEntry, type JoinedProcess, ModelRedis, turn } from '../support/model-redis.js'
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

/** Has a newer row than Redis has served: its store waits at the gate that is returned. */
async function serveUnstored(process: JoinedProcess, entry: JoinedEntry): Promise<Gate> {
  const storing = process.network.hold('store', 'request')
  expect(await entry.refresh('1', returning('new'))).to.equal('new')
  await storing.reached
  return storing
}

describe('A process that has served a newer row than Redis has', () => {
  const strict = { consistency: 'strict' } as const

  it('I5: never reads the older one there while its own evict is under way', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry(strict)
    await entry.fill('1', 'old')
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
    const [here, there] = await redis.joinTwo()
    const entry = here.entry(strict)
    await there.entry(strict).fill('1', 'old')
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
    await entry.fill('1', 'old')
    process.parts.memory.clear()
    expect(await readUnanswered(process, () => entry.read('1', returning('new')))).to.equal('new')
    process.parts.memory.clear()
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })

  it('I5: never reads the older one there while the newer one is on its way', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry(strict)
    await entry.fill('1', 'old')
    const storing = await serveUnstored(process, entry)
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
    await entry.fill('1', 'old')
    const storing = await serveUnstored(process, entry)
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
    await entry.fill('1', 'old')
    const log = ['get', 'xread'].map((name) => process.logNetwork.hold(name, 'reply'))
    redis.timeline.pass(BOUND + 1_000)
    const loading = gate()
    process.network.loseReplies('read')
    const early = entry.read('1', returning('new', loading))
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

  it('I5: never reads the older one there when the newer one was refused', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry(strict)
    await entry.fill('1', 'old')
    const storing = await serveUnstored(here, entry)
    // It takes the lease, and leaves what is stored until it ends.
    await there.entry(strict).beginPut('1')
    storing.open()
    await turn()
    expect(await entry.read('1', returning('newest'))).to.equal('newest')
  })

  it('I5: never reads one there that was stored before a load, though after an evict under way', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry(strict)
    const evicting = here.network.hold('invalidate', 'reply')
    const evict = entry.evict('1')
    await evicting.reached
    await turn()
    await there.entry(strict).fill('1', 'old')
    expect(await there.entry(strict).lookUp('1')).to.equal('old')
    expect(await readUnanswered(here, () => entry.read('1', returning('new')))).to.equal('new')
    evicting.open()
    expect(await evict).to.equal(true)
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })

  it('I5: believes what is stored after it has evicted the key', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry(strict)
    expect(await readUnanswered(here, () => entry.read('1', returning('new')))).to.equal('new')
    expect(await entry.evict('1')).to.equal(true)
    await there.entry(strict).fill('1', 'newer')
    expect(await entry.read('1', returning('unwanted'))).to.equal('newer')
  })

  it('I5: never takes the older one that was read when the newer one was not there yet', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { consistency: 'strict', tags: ['team'] } as const
    const entry = here.entry(options)
    await there.entry(options).fill('1', 'old')
    const storing = await serveUnstored(here, entry)
    const found = here.network.hold('read', 'reply')
    const late = entry.read('1', returning('unwanted'))
    await found.reached
    const tags = here.network.hold('read', 'request')
    found.open()
    await tags.reached
    // While its tags are looked up, the newer one arrives, and is known to have arrived.
    storing.open()
    await turn()
    tags.open()
    expect(await late).to.equal('new')
  })

  for (const tiers of [['memory', 'redis'], ['redis']] as const) {
    it(`I5: nobody gets the older one when the call that came first loaded it last (${tiers.join(', ')})`, async () => {
      const redis = new ModelRedis()
      const [here, there] = await redis.joinTwo()
      const entry = here.entry({ tiers })
      const asking = here.network.hold('read', 'request')
      const early = entry.read('1', returning('third'))
      await asking.reached
      // Only the first question is held.
      here.network.hold('read', 'request').open()
      await there.entry().evict('1')
      await turn()
      await redis.pass(1)
      const storing = here.network.hold('store', 'request')
      expect(await entry.read('1', returning('second'))).to.equal('second')
      await storing.reached
      await redis.pass(1)
      here.network.loseReplies('read')
      asking.open()
      expect(await early).to.equal('third')
      here.network.loseReplies('read', false)
      const late = entry.read('1', returning('third'))
      storing.open()
      await redis.pass(1_500)
      expect(await late).to.equal('third')
    })
  }

  it('I5: never reads there what was loaded while its lease was on its way, if it stores nothing itself', async () => {
    const redis = new ModelRedis()
    const [here, there] = [await redis.join(), await redis.join()]
    const entry = here.entry({ ...strict, unless: (value) => value === 'unwanted in any cache' })
    const lease = here.network.hold('acquire', 'reply')
    const late = entry.read('1', returning('unwanted in any cache'))
    await lease.reached
    // Its lease is gone before it knows that it has it, and another load comes and goes.
    await there.entry(strict).evict('1')
    expect(await there.entry(strict).read('1', returning('older'))).to.equal('older')
    await turn()
    lease.open()
    expect(await late).to.equal('unwanted in any cache')
    expect(await entry.lookUp('1')).to.equal(undefined)
    expect(await entry.read('1', returning('newer'))).to.equal('newer')
  })

  it('I5: never reads in memory what was loaded before the call for many items began that brought a newer one', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry()
    const call = gate()
    const ofMany = entry.readAsItem('1', async (begins) => {
      await call.wait()
      begins()
      return 'newer'
    })
    await call.reached
    await entry.evict('1')
    expect(await entry.read('1', returning('older'))).to.equal('older')
    await turn()
    call.open()
    expect(await ofMany).to.equal('newer')
    expect(await entry.lookUp('1')).to.equal(undefined)
    expect(await entry.read('1', returning('newer'))).to.equal('newer')
  })

  it('I5: cannot tell which of two loads at once read the row later, until that change is invalidated', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry()
    let row = 'second'
    const slow = gate()
    const early = entry.read('1', async () => {
      await slow.wait()
      return row
    })
    await slow.reached
    await there.entry().evict('1')
    await turn()
    expect(await entry.read('1', async () => row)).to.equal('second')
    row = 'third'
    slow.open()
    // It began before the evict, so that it fills nothing, and read the row after the other one.
    expect(await early).to.equal('third')
    expect(await entry.read('1', returning('unwanted'))).to.equal('second')
    await there.entry().evict('1')
    await turn()
    expect(await entry.read('1', async () => row)).to.equal('third')
  })
})

describe('What a process has served and Redis does not have', () => {
  const [stamp, sealed] = ['a store that ends so', Buffer.from('an entry that ends so')]

  it('I5: is told from every store but its own', () => {
    const unshared = new Unshared()
    const served = unshared.note('1', 0, false)
    expect(unshared.mayBeOlder('1', stamp, undefined)).to.equal(true)
    expect(unshared.mayBeOlder('2', stamp, undefined)).to.equal(false)
    unshared.seal(served, sealed)
    expect(unshared.mayBeOlder('1', stamp, undefined)).to.equal(false)
    expect(unshared.mayBeOlder('1', 'a store that ends otherwise', undefined)).to.equal(true)
  })

  it('I5: is no longer the last load once another one was served', () => {
    const unshared = new Unshared()
    const first = unshared.note('1', 0, false)
    unshared.note('1', 0, false)
    unshared.settle(first)
    expect(unshared.of('1')).not.to.equal(undefined)
  })

  it('F48: is bounded: the oldest are forgotten', () => {
    const unshared = new Unshared()
    for (let id = 0; id <= 20_000; id += 1) unshared.note(String(id), 0, false)
    expect(unshared.of('0')).to.equal(undefined)
    expect(unshared.of('1')).not.to.equal(undefined)
    expect(unshared.of('20000')).not.to.equal(undefined)
  })
})
