import { expect } from 'chai'

import { Stage } from '../coherence/stage.js'
import { eventually } from '../support/eventually.js'

describe('Invalidator', () => {
  const stage = new Stage()

  before(() => stage.open())

  beforeEach(() => {
    stage.next()
  })

  after(() => stage.close())

  it('I31: confirms a list of no keys at once, without Redis and with it', async () => {
    for (const actor of [stage.alone(), await stage.actor()]) {
      const confirmation = await actor.rows.deleteMany([])
      expect(confirmation).to.deep.equal({ durable: true, unconfirmed: 0, replicas: 0 })
    }
  })

  it('I19, F1: repeats an evict to which Redis gave no answer, until it is confirmed', async () => {
    const [actor, other] = [await stage.actor(), await stage.actor()]
    await actor.rows.set('key', 'old')
    actor.fail('invalidate')
    const confirmation = await actor.rows.delete('key')
    expect(confirmation).to.deep.equal({ durable: false, unconfirmed: 1, replicas: 0 })
    // Redis has it still, and this process does not believe it.
    expect(await actor.rows.get('key')).to.equal(undefined)
    await eventually(async () => (await other.rows.get('key')) === undefined)
    await eventually(() => actor.parts.journal.depth === 0)
  })
})
