import { expect } from 'chai'

import { Stage } from './stage.js'

const MANY = 2_000

describe('What is asked for many at once', function () {
  this.timeout(30_000)
  const stage = new Stage()

  before(() => stage.open())

  after(() => stage.close())

  it('C61, I31: is sent in parts, each of which gets its own answer', async () => {
    const actor = await stage.actor({ prefix: 'many', defaults: { tiers: ['redis'] } })
    const keys = Array.from({ length: MANY }, (_, index) => index)
    const stored = await actor.rows.setMany(keys.map((key) => [key, `value ${key}`]))
    expect(stored.every((each) => 'stored' in each && each.stored)).to.equal(true)
    const found = await actor.rows.getMany<string>([...keys, MANY, MANY + 1])
    expect(found.size).to.equal(MANY)
    expect([...found].every(([key, value]) => value === `value ${String(key)}`)).to.equal(true)
    const even = keys.filter((key) => key % 2 === 0)
    expect(await actor.rows.deleteMany(even)).to.include({ durable: true, unconfirmed: 0 })
    const left = await actor.rows.getMany(keys)
    expect([...left.keys()]).to.deep.equal(keys.filter((key) => key % 2 === 1))
  })

  it('C61: has all its stores sent, though no more than 1,000 commands may wait', async () => {
    const actor = await stage.actor({ prefix: 'stores' })
    const { shared } = actor.parts
    if (shared === undefined) throw new Error('no Redis')
    const addresses = Array.from({ length: 2_000 }, (_, index) => ({
      hash: `stores:${index}`,
      field: '1',
      token: `l${index}`,
    }))
    // Leases that last, whatever the machine does meanwhile.
    const terms = { leaseFor: 60_000, markers: [], withClock: false, markersLiveFor: 60_000 }
    await Promise.all(addresses.map((address) => shared.seize({ ...address, ...terms })))
    const entry = {
      sealed: Buffer.from('entry'),
      freshFor: 1_000,
      keptFor: 1_000,
      isStamped: false,
    }
    const stored = await Promise.all(
      addresses.map((address) => shared.store({ ...address, ...entry })),
    )
    expect(stored.filter(Boolean)).to.have.length(addresses.length)
  })
})
