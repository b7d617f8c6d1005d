import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { Cached } from '../../src/decorators/cached.js'
import { type Gate, gate } from '../support/gate.js'
import { type Actor, KINDS, Stage } from './stage.js'

/** What was asked of the database: one list of ids per call. */
@CacheConfig({ namespace: 'items' })
class Items {
  readonly calls: string[][] = []
  readonly #versions: Map<string, number>
  held: Gate | undefined

  constructor(versions: Map<string, number>) {
    this.#versions = versions
  }

  @Cached()
  async one(id: string): Promise<string> {
    return (await this.load([id]))[0] ?? ''
  }

  @CachedMany({ entry: 'one' })
  async many(ids: readonly string[]): Promise<string[]> {
    return this.load(ids)
  }

  private async load(ids: readonly string[]): Promise<string[]> {
    this.calls.push([...ids])
    const items = ids.map((id) => `${id}@${this.#versions.get(id) ?? 1}`)
    const { held } = this
    this.held = undefined
    await held?.wait()
    return items
  }
}

/** One call of its methods at a time. */
@CacheConfig({ namespace: 'limited-items' })
class LimitedItems {
  readonly calls: string[][] = []

  @Cached({ concurrency: 1, timeout: { hard: Number.POSITIVE_INFINITY } })
  async one(id: string): Promise<string> {
    return (await this.many([id]))[0] ?? ''
  }

  @CachedMany({ entry: 'one' })
  async many(ids: readonly string[]): Promise<string[]> {
    this.calls.push([...ids])
    return ids.map((id) => `row ${id}`)
  }
}

describe('@CachedMany', () => {
  const stage = new Stage()
  let versions: Map<string, number>

  before(() => stage.open())

  beforeEach(() => {
    stage.next()
    versions = new Map()
  })

  after(() => stage.close())

  const weave = (actor: Actor): Items => actor.cache.weave(new Items(versions))
  /** Ids that no other test has. */
  const ids = (...names: string[]): string[] => names.map((name) => `${stage.scene}:${name}`)
  const fresh = (list: readonly string[], version = 1): string[] =>
    list.map((id) => `${id}@${version}`)

  for (const kind of KINDS) {
    it(`keeps order and duplicates, and asks for what is missing only (${kind})`, async () => {
      const actor = await stage.one(kind)
      const items = weave(actor)
      const [a = '', b = '', c = ''] = ids('a', 'b', 'c')
      await items.one(b)
      await actor.settled()
      items.calls.length = 0
      expect(await items.many([c, b, a, c, b])).to.deep.equal(fresh([c, b, a, c, b]))
      expect(items.calls).to.deep.equal([[c, a]])
      await actor.settled()
      expect(await items.many([a, b, c])).to.deep.equal(fresh([a, b, c]))
      expect(await items.one(a)).to.equal(`${a}@1`)
      expect(items.calls).to.have.length(1)
    })

    it(`I22: shares what is loading with the single method, both ways (${kind})`, async () => {
      const items = weave(await stage.one(kind))
      const [a = '', b = ''] = ids('a', 'b')
      const single = gate()
      items.held = single
      const first = items.one(a)
      await single.reached
      const list = items.many([a, b])
      const batch = gate()
      single.open()
      expect(await Promise.all([first, list])).to.deep.equal([`${a}@1`, fresh([a, b])])
      expect(items.calls).to.deep.equal([[a], [b]])

      const [c = '', d = ''] = ids('c', 'd')
      items.held = batch
      const second = items.many([c, d])
      await batch.reached
      const one = items.one(d)
      batch.open()
      expect(await Promise.all([second, one])).to.deep.equal([fresh([c, d]), `${d}@1`])
      expect(items.calls.slice(2)).to.deep.equal([[c, d]])
    })

    it(`I1: neither serves nor keeps what was loaded before an evict of one of them (${kind})`, async () => {
      const actor = await stage.one(kind)
      const items = weave(actor)
      const [a = '', b = ''] = ids('a', 'b')
      const held = gate()
      items.held = held
      const early = items.many([a, b])
      await held.reached
      versions.set(a, 2)
      await actor.cache.entryOf(items, 'one').evict(a)
      expect(await items.one(a)).to.equal(`${a}@2`)
      held.open()
      expect(await early).to.deep.equal(fresh([a, b]))
      await actor.settled()
      expect(await items.many([b, a])).to.deep.equal([`${b}@1`, `${a}@2`])
    })
  }

  for (const kind of KINDS) {
    it(`I22: ends, and loads each id once, where less may run at once than is missing (${kind})`, async () => {
      const items = (await stage.one(kind)).cache.weave(new LimitedItems())
      const [a = '', b = '', c = '', d = ''] = ids('a', 'b', 'c', 'd')
      const lists = [
        [a, b, c],
        [c, d],
        [d, a],
      ]
      const read = await Promise.all([...lists.map((list) => items.many(list)), items.one(b)])
      const rows = lists.map((list) => list.map((id) => `row ${id}`))
      expect(read).to.deep.equal([...rows, `row ${b}`])
      expect(items.calls.flat().toSorted()).to.deep.equal([a, b, c, d])
    })
  }

  it('lists that overlap in two processes never wait for one another', async () => {
    const [one, two] = await stage.pair()
    const [first, second] = [weave(one), weave(two)]
    // So many ids take several scripts, and those of the two processes take turns in Redis.
    const list = ids(...Array.from({ length: 500 }, (_, index) => `${index}`))
    const backwards = list.toReversed()
    const results = await Promise.all([
      first.many(list),
      second.many(backwards),
      first.many(backwards.slice(100)),
      second.many(list.slice(100)),
    ])
    expect(results).to.deep.equal([
      fresh(list),
      fresh(backwards),
      fresh(backwards.slice(100)),
      fresh(list.slice(100)),
    ])
    // Each id once in the fleet: what one process loads the other one waits for.
    expect([...first.calls, ...second.calls].flat()).to.have.length(list.length)
  })

  it('lists of two processes end, although each waits for what the other one has', async () => {
    const [one, two] = await stage.pair()
    const [first, second] = [weave(one), weave(two)]
    const [a = '', b = ''] = ids('a', 'b')
    // The first process has the lease of b, and asks for that of a only after the second one has it.
    const [askedLate, granted] = [one.hold('acquire', 'before'), one.hold('acquire', 'after')]
    const forwards = first.many([a, b])
    await Promise.all([askedLate.reached, granted.reached])
    granted.open()
    const load = gate()
    second.held = load
    const backwards = second.many([b, a])
    await load.reached
    askedLate.open()
    load.open()
    expect(await Promise.all([forwards, backwards])).to.deep.equal([fresh([a, b]), fresh([b, a])])
    expect([...first.calls, ...second.calls]).to.deep.equal([[b], [a]])
  })

  it('lists that overlap end, although each has what another one waits for', async () => {
    const [one, two] = await stage.pair()
    const [first, second] = [weave(one), weave(two)]
    const [a = '', b = '', c = ''] = ids('a', 'b', 'c')
    const [left, right] = [gate(), gate()]
    first.held = left
    const lists = [first.many([a, b])]
    await left.reached
    second.held = right
    lists.push(second.many([b, c]))
    await right.reached
    lists.push(second.many([c, a]), first.many([c, b, a]))
    right.open()
    left.open()
    expect(await Promise.all(lists)).to.deep.equal([
      fresh([a, b]),
      fresh([b, c]),
      fresh([c, a]),
      fresh([c, b, a]),
    ])
    expect([...first.calls, ...second.calls]).to.deep.equal([[a, b], [c]])
  })
})
