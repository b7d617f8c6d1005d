import { expect } from 'chai'

import type { Row } from './row.js'
import { type Actor, KINDS, SHARED, Stage } from './stage.js'

describe('A put', () => {
  const stage = new Stage()
  let row: Row

  before(() => stage.open())
  after(() => stage.close())

  beforeEach(() => {
    row = stage.next()
  })

  const read = ({ rows }: Actor): Promise<number> => rows.getOrLoad('k', row.load)

  for (const kind of KINDS) {
    it(`I8: stays, when a load that began before it ends after it (${kind})`, async () => {
      const actor = await stage.one(kind)
      const load = row.hold()
      const early = read(actor)
      await load.reached
      row.version = 2
      await actor.rows.set('k', 2)
      load.open()
      expect(await early).to.equal(1)
      await actor.settled()
      expect(await actor.rows.get('k')).to.equal(2)
      expect(await read(actor)).to.equal(2)
      expect(row.loads).to.equal(1)
    })

    it(`I8: is not stored when the key was evicted while its value was made (${kind})`, async () => {
      const actor = await stage.one(kind)
      const reservation = await actor.rows.reserve('k')
      row.version = 2
      await actor.rows.delete('k')
      await reservation.commit(1)
      await actor.settled()
      expect(await read(actor)).to.equal(2)
    })

    it(`I9: leaves nothing or the younger, when two overlap (${kind})`, async () => {
      const actor = await stage.one(kind)
      for (const order of [
        [0, 1],
        [1, 0],
      ] as const) {
        const reservations = [await actor.rows.reserve('k'), await actor.rows.reserve('k')]
        row.version = 2
        for (const index of order) await reservations[index]?.commit(index + 1)
        await actor.settled()
        expect(await actor.rows.get('k')).to.be.oneOf([2, undefined])
        expect(await read(actor)).to.equal(2)
      }
    })
  }

  for (const consistency of SHARED) {
    it(`I8: stays, when another process ends a load that began before it (${consistency})`, async () => {
      const [one, two] = await stage.pair(consistency)
      const load = row.hold()
      const early = read(one)
      await load.reached
      row.version = 2
      await two.rows.set('k', 2)
      load.open()
      expect(await early).to.equal(1)
      await one.settled()
      if (consistency === 'bounded') await one.heard(two)
      expect(await read(one)).to.equal(2)
      expect(await read(two)).to.equal(2)
      // Its store was refused, so it loads once more instead of believing what it finds.
      expect(row.loads).to.be.at.most(2)
    })

    it(`I8: stays, when another process's store was on its way (${consistency})`, async () => {
      const [one, two] = await stage.pair(consistency)
      const store = one.hold('store', 'before')
      await read(one)
      await store.reached
      row.version = 2
      await two.rows.set('k', 2)
      store.open()
      await one.settled()
      expect(await two.rows.get('k')).to.equal(2)
    })

    it(`I8: does not outlive an evict by another process (${consistency})`, async () => {
      const [one, two] = await stage.pair(consistency)
      const finish = one.hold('finishPut', 'before')
      const put = one.rows.set('k', 1)
      await finish.reached
      row.version = 2
      await two.rows.delete('k')
      finish.open()
      await put
      if (consistency === 'bounded') await one.heard(two)
      expect(await two.rows.get('k')).to.equal(undefined)
      expect(await read(one)).to.equal(2)
    })

    it(`I9: converges with others in all processes and layers (${consistency})`, async () => {
      const [one, two] = await stage.pair(consistency)
      for (let round = 1; round <= 40; round += 1) {
        const key = `k${round}`
        const [first, second] = [one.rows.set(key, 'one'), two.rows.set(key, 'two')]
        await Promise.all([first, second])
      }
      await Promise.all([one.heard(two), two.heard(one)])
      for (let round = 1; round <= 40; round += 1) {
        const key = `k${round}`
        const seen = await Promise.all([one.rows.get(key), two.rows.get(key)])
        expect(seen[0]).to.equal(seen[1])
      }
    })
  }

  it('I9: leaves its own value in no memory, when another one was written to Redis after it', async () => {
    const [one, two] = await stage.pair()
    const answer = one.hold('finishPut', 'after')
    const early = one.rows.set('k', 'one')
    await answer.reached
    // What it hears of while its own put runs would make that an evict.
    await two.heard(one)
    await two.rows.set('k', 'two')
    await one.heard(two)
    answer.open()
    await early
    expect(one.rows.peek('k')).to.equal(undefined)
    expect(await one.rows.get('k')).to.equal('two')
    expect(await two.rows.get('k')).to.equal('two')
  })
})
