import { expect } from 'chai'

import { type JoinedEntry, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

describe('A lease that Redis has granted without its answer getting through', () => {
  it('I22: keeps no later reader of the process waiting, and what they load is stored', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry({ tiers: ['redis'] })
    process.network.loseReplies('acquire')
    expect(await entry.read('1', returning('first'))).to.equal('first')
    process.network.loseReplies('acquire', false)
    expect(await readNow(entry, 'second')).to.equal('second')
    expect(process.network.sent.at(-1)).to.equal('store')
    expect(await readNow(entry, 'unwanted')).to.equal('second')
  })

  it('I22: nor does one whose release did not get through', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry({ tiers: ['redis'] })
    const store = process.network.hold('store', 'request')
    await entry.read('1', returning('first'))
    await store.reached
    process.network.isDown = true
    store.open()
    await turn()
    process.network.isDown = false
    expect(await readNow(entry, 'second')).to.equal('second')
    expect(process.network.sent.at(-1)).to.equal('store')
    expect(await readNow(entry, 'unwanted')).to.equal('second')
  })

  it('is waited for by other processes until it runs out, as that of a dead holder', async () => {
    const redis = new ModelRedis()
    const [one, other] = await redis.joinTwo()
    one.network.loseReplies('acquire')
    await one.entry().read('1', returning('first'))
    const entry = other.entry()
    const read = entry.read('1', returning('second'))
    expect(await Promise.race([read, turn().then(() => 'waits')])).to.equal('waits')
    await redis.pass(1_200)
    expect(await read).to.equal('second')
  })

  /** What a read brings before any time passes. */
  async function readNow(entry: JoinedEntry, value: string): Promise<unknown> {
    const answer = await Promise.race([
      entry.read('1', returning(value)),
      turn().then(() => 'waits'),
    ])
    await turn()
    return answer
  }
})
