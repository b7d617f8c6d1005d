import { expect } from 'chai'

import type { Row } from './row.js'
import { type Actor, KINDS, SHARED, Stage } from './stage.js'

type Way = (actor: Actor) => Promise<unknown>

describe('What is invalidated together', () => {
  const stage = new Stage()
  let row: Row

  before(() => stage.open())
  after(() => stage.close())

  beforeEach(() => {
    row = stage.next()
  })

  const settings = { tags: ['red', 'blue'], scope: 'ann' }
  const read = ({ rows }: Actor, key = 'k'): Promise<number> =>
    rows.getOrLoad(key, row.load, settings)

  const ways: Record<string, Way> = {
    'I6: a namespace': ({ rows }) => rows.clear(),
    'I6: a scope': ({ rows }) => rows.clearScope('ann'),
    'I7: one of two tags': ({ cache }) => cache.invalidateTags(['blue']),
  }
  for (const [name, invalidate] of Object.entries(ways)) {
    for (const kind of KINDS) {
      it(`${name} takes what is stored, and what is loading (${kind})`, async () => {
        const actor = await stage.one(kind)
        expect(await read(actor, 'stored')).to.equal(1)
        await actor.settled()
        const load = row.hold()
        const early = read(actor, 'loading')
        await load.reached
        row.version = 2
        await invalidate(actor)
        expect(await read(actor, 'stored')).to.equal(2)
        expect(await read(actor, 'loading')).to.equal(2)
        load.open()
        expect(await early).to.equal(1)
        await actor.settled()
        expect(await read(actor, 'loading')).to.equal(2)
      })
    }

    for (const consistency of SHARED) {
      it(`${name} takes what another process is about to store (${consistency})`, async () => {
        const [one, two] = await stage.pair(consistency)
        const store = one.hold('store', 'before')
        expect(await read(one)).to.equal(1)
        await store.reached
        row.version = 2
        await invalidate(two)
        store.open()
        await one.settled()
        if (consistency === 'bounded') await one.heard(two)
        expect(await read(two)).to.equal(2)
        expect(await read(one)).to.equal(2)
      })

      it(`${name} takes what another process is loading (${consistency})`, async () => {
        const [one, two] = await stage.pair(consistency)
        const load = row.hold()
        const early = read(one)
        await load.reached
        row.version = 2
        await invalidate(two)
        // Here nobody has to have heard: a reader of the strict kind is asked for nothing less.
        if (consistency === 'bounded') await one.heard(two)
        expect(await read(one)).to.equal(2)
        load.open()
        expect(await early).to.equal(1)
        await one.settled()
        expect(await read(two)).to.equal(2)
        expect(await read(one)).to.equal(2)
      })
    }

    it(`${name} is gone at once for a strict reader elsewhere`, async () => {
      const [one, two] = await stage.pair('strict')
      expect(await read(one)).to.equal(1)
      await one.settled()
      expect(await read(one)).to.equal(1)
      expect(row.loads).to.equal(1)
      row.version = 2
      await invalidate(two)
      expect(await read(one)).to.equal(2)
    })
  }

  const neighbours: Record<string, [read: (actor: Actor) => Promise<number>, clear: Way]> = {
    namespace: [
      ({ cache }) => cache.namespace('others').getOrLoad('k', row.load),
      ({ rows }) => rows.clear(),
    ],
    scope: [
      ({ rows }) => rows.getOrLoad('k', row.load, { scope: 'bob' }),
      ({ rows }) => rows.clearScope('ann'),
    ],
  }
  for (const [name, [readOther, clear]] of Object.entries(neighbours)) {
    it(`I6: leaves every other ${name} as it is`, async () => {
      const [one, two] = await stage.pair()
      await Promise.all([read(one), readOther(one)])
      await one.settled()
      await clear(two)
      await one.heard(two)
      const loads = row.loads
      await readOther(one)
      expect(row.loads).to.equal(loads)
      await read(one)
      expect(row.loads).to.equal(loads + 1)
    })
  }

  it('I7: a tag reaches every namespace, and no result without it', async () => {
    const [one, two] = await stage.pair()
    const others = [
      () => one.cache.namespace('tagged').getOrLoad('k', row.load, { tags: ['blue'] }),
      () => one.cache.namespace('tagged').getOrLoad('plain', row.load, { tags: ['green'] }),
    ] as const
    await Promise.all(others.map((load) => load()))
    await one.settled()
    row.version = 2
    await two.cache.invalidateTags(['blue'])
    await one.heard(two)
    expect(await Promise.all(others.map((load) => load()))).to.deep.equal([2, 1])
  })

  it('I7: a tag that nobody knew before the load is fenced, also when no marker of it was ever there', async () => {
    const [one, two] = await stage.pair('strict')
    const load = row.hold()
    const early = one.rows.getOrLoad('k', row.load, { tags: ['only this one'] })
    await load.reached
    row.version = 2
    await two.cache.invalidateTags(['only this one'])
    load.open()
    expect(await early).to.equal(1)
    await one.settled()
    expect(await two.rows.get('k')).to.equal(undefined)
  })

  it('I7: a tag invalidated between its stamp and the store makes the stored entry worthless', async () => {
    const [one, two] = await stage.pair()
    const stamped = one.hold('stampTags', 'after')
    expect(await read(one)).to.equal(1)
    await stamped.reached
    row.version = 2
    await two.cache.invalidateTags(['red'])
    stamped.open()
    await one.settled()
    await one.heard(two)
    expect(await two.rows.get('k', { scope: 'ann' })).to.equal(undefined)
    expect(await read(one)).to.equal(2)
  })
})
