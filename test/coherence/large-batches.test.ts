import { expect } from 'chai'

import { returning } from '../support/returning.js'
import { Stage } from './stage.js'

const MANY = 5_000

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

  it('C61: is loaded and stored whole, however many are missing', async () => {
    const actor = await stage.actor({ prefix: 'missing', defaults: { tiers: ['redis'] } })
    const keys = Array.from({ length: MANY }, (_, index) => index)
    const loaded = await Promise.all(keys.map((key) => actor.rows.getOrLoad(key, returning(key))))
    expect(loaded).to.deep.equal(keys)
    await actor.settled()
    expect((await actor.rows.getMany(keys)).size).to.equal(MANY)
  })
})
