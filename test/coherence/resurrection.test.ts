import { expect } from 'chai'

import { type Actor, KINDS, SHARED, Stage } from './stage.js'
import type { Row } from './row.js'

describe('What was loaded before an evict', () => {
  const stage = new Stage()
  let row: Row

  before(() => stage.open())
  after(() => stage.close())

  beforeEach(() => {
    row = stage.next()
  })

  const read = ({ rows }: Actor): Promise<number> => rows.getOrLoad('k', row.load)

  for (const kind of KINDS) {
    it(`I1: is neither served nor kept in the process that evicted (${kind})`, async () => {
      const actor = await stage.one(kind)
      const load = row.hold()
      const early = read(actor)
      await load.reached
      row.version = 2
      await actor.rows.delete('k')
      load.open()
      expect(await early).to.equal(1)
      await actor.settled()
      expect(await actor.rows.get('k')).to.equal(undefined)
      expect(await read(actor)).to.equal(2)
    })

    it(`I3: is not shared with a reader who comes after it (${kind})`, async () => {
      const actor = await stage.one(kind)
      const load = row.hold()
      const early = [read(actor), read(actor)]
      await load.reached
      row.version = 2
      await actor.rows.delete('k')
      // The first load still runs: whoever joined it would get what it has read.
      const late = read(actor)
      expect(await late).to.equal(2)
      expect(row.loads).to.equal(2)
      load.open()
      expect(await Promise.all(early)).to.deep.equal([1, 1])
      await actor.settled()
      expect(await read(actor)).to.equal(2)
    })

    it(`I14: does not hide what was inserted, if it was nothing (${kind})`, async () => {
      const actor = await stage.one(kind)
      let inserted: string | null = null
      const find = (): Promise<string | null> =>
        actor.rows.getOrLoad('k', () => Promise.resolve(inserted))
      expect(await find()).to.equal(null)
      await actor.settled()
      inserted = 'Ada'
      await actor.rows.delete('k')
      expect(await find()).to.equal('Ada')
    })
  }

  for (const kind of SHARED) {
    it(`I2: is not stored by another process that finishes its load afterwards (${kind})`, async () => {
      const [one, two] = await stage.pair(kind)
      const load = row.hold()
      const early = read(one)
      await load.reached
      row.version = 2
      await two.rows.delete('k')
      load.open()
      expect(await early).to.equal(1)
      await one.settled()
      if (kind === 'bounded') await one.heard(two)
      expect(await two.rows.get('k')).to.equal(undefined)
      expect(await read(one)).to.equal(2)
      expect(await read(two)).to.equal(2)
    })

    it(`I2: is not stored by a write that was on its way (${kind})`, async () => {
      const [one, two] = await stage.pair(kind)
      const store = one.hold('store', 'before')
      expect(await read(one)).to.equal(1)
      await store.reached
      row.version = 2
      await two.rows.delete('k')
      store.open()
      await one.settled()
      expect(await two.rows.get('k')).to.equal(undefined)
      if (kind === 'bounded') await one.heard(two)
      expect(await read(one)).to.equal(2)
    })

    it(`I15: does not come back by a FLUSHALL between evict and store (${kind})`, async () => {
      const [one, two] = await stage.pair(kind)
      for (const evict of [() => two.rows.delete('k'), () => two.rows.clear()]) {
        row.version = 1
        const load = row.hold()
        const early = read(one)
        await load.reached
        row.version = 2
        await evict()
        await stage.server.ask('FLUSHALL')
        // Somebody else fills the key under markers that are all new, and evicts it again.
        expect(await read(two)).to.equal(2)
        await two.settled()
        row.version = 3
        await two.rows.delete('k')
        load.open()
        expect(await early).to.equal(1)
        await one.settled()
        expect(await two.rows.get('k')).to.equal(undefined)
        expect(await read(two)).to.equal(3)
        await two.rows.delete('k')
      }
    })
  }

  it('I3: is not shared with a reader in the process that loads, though another evicted (strict)', async () => {
    const [one, two] = await stage.pair('strict')
    const load = row.hold()
    const early = read(one)
    await load.reached
    row.version = 2
    await two.rows.delete('k')
    expect(await read(one)).to.equal(2)
    load.open()
    expect(await early).to.equal(1)
    await one.settled()
    expect(await read(two)).to.equal(2)
  })

  it('I3: is not shared with a reader in the process that loads, once it heard (bounded)', async () => {
    const [one, two] = await stage.pair('bounded')
    const load = row.hold()
    const early = read(one)
    await load.reached
    row.version = 2
    await two.rows.delete('k')
    await one.heard(two)
    expect(await read(one)).to.equal(2)
    load.open()
    expect(await early).to.equal(1)
    await one.settled()
    expect(await read(one)).to.equal(2)
  })

  it('I2: is gone from Redis at once, also for a process that has heard of nothing (bounded)', async () => {
    const [one, two] = await stage.pair('bounded')
    expect(await read(one)).to.equal(1)
    await one.settled()
    row.version = 2
    await one.rows.delete('k')
    // Nothing of this key was ever in the memory of the second one.
    expect(await read(two)).to.equal(2)
  })
})
