import { expect } from 'chai'

import { gate } from '../support/gate.js'
import { type JoinedProcess, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

/** Lets what is asked from now on be answered, while what was held before still waits. */
function letPass(process: JoinedProcess, name: string): void {
  process.network.hold(name, 'reply').open()
}

describe('Two answers of Redis that cross', () => {
  const onlyRedis = { tiers: ['redis'] } as const

  it('I5: nobody who comes after the newer one was served gets the older one', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry(onlyRedis)
    await there.entry(onlyRedis).fill('1', 'old')
    const late = here.network.hold('read', 'reply')
    const early = entry.read('1', returning('unwanted'))
    await late.reached
    await there.entry(onlyRedis).refresh('1', returning('new'))
    await turn()
    letPass(here, 'read')
    expect(await entry.lookUp('1')).to.equal('new')
    const joined = entry.read('1', returning('unwanted'))
    late.open()
    expect(await Promise.all([early, joined])).to.deep.equal(['new', 'new'])
  })

  it('I5: the older one is not put into memory', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry()
    await there.entry().fill('1', 'old')
    const late = here.network.hold('read', 'reply')
    const early = entry.lookUp('1')
    await late.reached
    await there.entry().refresh('1', returning('new'))
    await turn()
    letPass(here, 'read')
    expect(await entry.read('1', returning('unwanted'))).to.equal('new')
    here.parts.memory.clear()
    late.open()
    expect(await early).to.equal(undefined)
    expect(await entry.read('1', returning('unwanted'))).to.equal('new')
  })

  it('I5: the older one does not stand in for a method that fails after the newer one was served', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry(onlyRedis)
    await there.entry(onlyRedis).fill('1', 'old')
    const failing = gate()
    const refresh = entry.refresh('1', async () => {
      await failing.wait()
      throw new Error('the source is down')
    })
    await failing.reached
    await there.entry(onlyRedis).refresh('1', returning('new'))
    await turn()
    expect(await entry.lookUp('1')).to.equal('new')
    const joined = entry.read('1', returning('new'))
    failing.open()
    expect(await Promise.allSettled([refresh, joined])).to.not.deep.include({
      status: 'fulfilled',
      value: 'old',
    })
    expect(await entry.read('1', returning('unwanted'))).to.equal('new')
  })

  it('I5: the newer one is not served while memory goes on answering with the older one', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry()
    const late = here.network.hold('read', 'request')
    const early = entry.lookUp('1')
    await late.reached
    here.network.hold('read', 'request').open()
    expect(await entry.read('1', returning('old'))).to.equal('old')
    await turn()
    await there.entry().refresh('1', returning('new'))
    await turn()
    late.open()
    expect(await early).to.equal(undefined)
    expect(await entry.read('1', returning('unwanted'))).to.equal('old')
  })
})

describe('A result that is served and not stored', () => {
  it('I5: is not followed by what was loaded before it and came into memory while it was loaded', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry({ unless: (value) => value === 'newer' })
    const call = gate()
    const newer = entry.readAsItem('1', async (begins) => {
      await call.wait()
      begins()
      return 'newer'
    })
    await call.reached
    await entry.evict('1')
    const older = entry.read('1', async () => {
      redis.timeline.pass(1)
      call.open()
      return 'older'
    })
    expect(await Promise.all([newer, older])).to.deep.equal(['newer', 'older'])
    expect(await entry.lookUp('1')).to.equal(undefined)
  })
})
