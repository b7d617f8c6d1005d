import { expect } from 'chai'

import { eventually } from './eventually.js'
import { type RedisSentinels, startSentinels } from './servers.js'

describe('startSentinels', function () {
  this.timeout(60_000)
  let all: RedisSentinels

  before(async () => {
    all = await startSentinels({ replicas: 2, sentinels: 3, downAfter: 300 })
  })

  after(async () => {
    await all.stop()
  })

  it('leads clients to the master, whose replicas follow it', async () => {
    const client = all.client()
    await client.set('key', 'value')
    const master = await all.master()
    expect(await master.ask('GET', 'key')).to.equal('value')
    const copies = all.servers.filter((server) => server !== master)
    expect(copies).to.have.lengthOf(2)
    for (const copy of copies)
      await eventually(async () => (await copy.ask('GET', 'key')) === 'value')
  })

  it('puts another server in the place of a master that is killed', async () => {
    const client = all.client()
    await client.ping()
    const old = await all.master()
    await old.kill()
    await eventually(async () => (await all.master()) !== old, 30_000)
    await eventually(async () => (await client.set('key', 'after')) === 'OK', 30_000)
    expect(await (await all.master()).ask('GET', 'key')).to.equal('after')
  })
})
