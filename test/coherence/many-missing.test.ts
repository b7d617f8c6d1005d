import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { Cached } from '../../src/decorators/cached.js'
import { failureOf } from '../support/failure-of.js'
import { type Gate, gate } from '../support/gate.js'
import { type Actor, KINDS, Stage } from './stage.js'

interface Item {
  readonly id: string
}

const idOf = ({ id }: Item): string => id
const isThere = (id: string): boolean => !id.endsWith('none')

/** The items there are, in entries whose methods say in three ways that there is none. */
@CacheConfig({ namespace: 'missing-items' })
class Items {
  readonly calls: (string | readonly string[])[] = []
  /** The next list waits here, and only that one. */
  held: Gate | undefined

  @Cached()
  async orUndefined(id: string): Promise<Item | undefined> {
    this.calls.push(id)
    return isThere(id) ? { id } : undefined
  }

  @CachedMany({ entry: 'orUndefined', idOf })
  async manyOrUndefined(ids: readonly string[]): Promise<Item[]> {
    return this.#find(ids)
  }

  @Cached()
  async orNull(id: string): Promise<Item | null> {
    this.calls.push(id)
    return isThere(id) ? { id } : null
  }

  @CachedMany({ entry: 'orNull', idOf, missing: 'null' })
  async manyOrNull(ids: readonly string[]): Promise<Item[]> {
    return this.#find(ids)
  }

  @Cached()
  async orThrow(id: string): Promise<Item> {
    this.calls.push(id)
    if (!isThere(id)) throw new RangeError('there is none')
    return { id }
  }

  @CachedMany({ entry: 'orThrow', idOf, missing: 'skip' })
  async manyOrThrow(ids: readonly string[]): Promise<Item[]> {
    return this.#find(ids)
  }

  async #find(ids: readonly string[]): Promise<Item[]> {
    this.calls.push([...ids])
    const { held } = this
    this.held = undefined
    await held?.wait()
    return ids.filter(isThere).map((id) => ({ id }))
  }
}

describe('What is stored for an item that @CachedMany leaves out', () => {
  const stage = new Stage()

  before(() => stage.open())

  beforeEach(() => {
    stage.next()
  })

  after(() => stage.close())

  /** Ids of this test: of an item, and of what is none. */
  const ids = (): [string, string] => [`${stage.scene}:some`, `${stage.scene}:none`]

  for (const kind of KINDS) {
    /** The actor that loads, and another that has only what Redis has; without Redis the same one. */
    const actors = async (): Promise<[Actor, Actor]> => {
      if (kind !== 'memory only') return stage.pair(kind)
      const actor = await stage.one(kind)
      return [actor, actor]
    }

    for (const [single, many, stored] of [
      ['orUndefined', 'manyOrUndefined', undefined],
      ['orNull', 'manyOrNull', null],
    ] as const) {
      it(`C22, C40: is ${String(stored)}, in both tiers (${kind})`, async () => {
        const [one, two] = await actors()
        const [first, second] = [one.cache.weave(new Items()), two.cache.weave(new Items())]
        const [some, none] = ids()
        expect(await first[many]([none, some])).to.deep.equal([{ id: some }])
        await one.settled()
        expect(await second[single](none)).to.equal(stored)
        expect(await second[many]([some, none])).to.deep.equal([{ id: some }])
        expect(await first[single](none)).to.equal(stored)
        expect(first.calls).to.deep.equal([[none, some]])
        expect(second.calls).to.deep.equal([])
      })
    }

    it(`C22: is nothing in either tier with 'skip' (${kind})`, async () => {
      const [one, two] = await actors()
      const [first, second] = [one.cache.weave(new Items()), two.cache.weave(new Items())]
      const [some, none] = ids()
      expect(await first.manyOrThrow([none, some])).to.deep.equal([{ id: some }])
      await one.settled()
      for (const [actor, items] of [
        [one, first],
        [two, second],
      ] as const) {
        const entry = actor.cache.entryOf(items, 'orThrow')
        expect((await entry.explain(none)).source).to.equal('load')
        expect((await entry.explain(some)).source).to.be.oneOf(['memory', 'redis'])
        expect(await failureOf(items.orThrow(none))).to.be.instanceOf(RangeError)
        expect(await items.manyOrThrow([some, none])).to.deep.equal([{ id: some }])
        expect(items.calls.splice(0).slice(-2)).to.deep.equal([none, [none]])
      }
    })

    it(`I22: who waits for a list that leaves it out asks for itself, with 'skip' (${kind})`, async () => {
      const [one, two] = await actors()
      const [first, second] = [one.cache.weave(new Items()), two.cache.weave(new Items())]
      const [some, none] = ids()
      const held = gate()
      first.held = held
      const list = first.manyOrThrow([some, none])
      await held.reached
      const waiting = [
        failureOf(first.orThrow(none)),
        failureOf(second.orThrow(none)),
        first.manyOrThrow([none, some]),
        second.manyOrThrow([none, some]),
      ]
      held.open()
      expect(await list).to.deep.equal([{ id: some }])
      const [failure, otherFailure, ...lists] = await Promise.all(waiting)
      expect(failure).to.be.instanceOf(RangeError)
      expect(otherFailure).to.be.instanceOf(RangeError)
      expect(lists).to.deep.equal([[{ id: some }], [{ id: some }]])
      expect(first.calls.concat(second.calls).filter((call) => call.includes(some))).to.have.length(
        1,
      )
    })
  }
})
