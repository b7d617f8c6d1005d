import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { failureOf } from '../support/failure-of.js'
import { type Gate, gate } from '../support/gate.js'
import { returning } from '../support/returning.js'
import { KINDS, Stage } from './stage.js'

@CacheConfig({ namespace: 'broken' })
class Broken {
  calls = 0

  /** Fails before it has a promise to return. */
  @Cached()
  atOnce(_id: string): Promise<string> {
    this.calls += 1
    throw new RangeError('at once')
  }
}

/** What a method may reject with. */
const REASONS: Record<string, unknown> = {
  'an error': Object.assign(new RangeError('no rows'), { code: 42 }),
  'a frozen error': Object.freeze(new TypeError('frozen')),
  undefined,
  null: null,
  'a falsy text': '',
}

for (const kind of KINDS) {
  describe(`A method that fails (${kind})`, () => {
    const stage = new Stage()

    before(() => stage.open())

    beforeEach(() => stage.next())

    after(() => stage.close())

    for (const [what, reason] of Object.entries(REASONS)) {
      it(`I23, C15, C69: gives all who wait for it the very thing that it rejects with: ${what}`, async () => {
        const actor = await stage.one(kind)
        const held: Gate = gate()
        let calls = 0
        const fail = async (): Promise<never> => {
          calls += 1
          await held.wait()
          throw reason
        }
        const read = (): Promise<unknown> =>
          actor.rows.getOrLoad('key', fail).then(
            () => 'resolved',
            (error: unknown) => ({ error }),
          )
        const waiting = [read(), read(), read()]
        await held.reached
        // Those who come late join as well.
        waiting.push(read())
        // A strict reader asks Redis before it joins.
        await new Promise(setImmediate)
        held.open()
        for (const outcome of await Promise.all(waiting)) {
          expect(outcome).to.have.property('error', reason)
        }
        if (kind !== 'strict') expect(calls).to.equal(1)
      })
    }

    it('I23: keeps no failure, and has its place free for the very next call', async () => {
      const actor = await stage.one(kind)
      const failing = actor.rows.getOrLoad('key', async () => {
        throw new RangeError('no rows')
      })
      const next = failing.catch(() => actor.rows.getOrLoad('key', returning('right')))
      expect(await next).to.equal('right')
      await actor.settled()
      expect(await actor.rows.getOrLoad('key', returning('unwanted'))).to.equal('right')
      expect(actor.parts.flights.size).to.equal(0)
      expect(actor.parts.fences.size).to.equal(0)
    })

    it('I23, C16: rejects where the method throws before it returns, and leaves nothing behind', async () => {
      const actor = await stage.one(kind)
      const broken = actor.cache.weave(new Broken())
      for (const call of [1, 2]) {
        const reading = broken.atOnce(stage.scene)
        expect(await failureOf(reading)).to.be.instanceOf(RangeError)
        await actor.settled()
        expect(broken.calls).to.equal(call)
      }
      expect(actor.parts.flights.size).to.equal(0)
      expect(actor.parts.fences.size).to.equal(0)
    })
  })
}
