import { expect } from 'chai'

import { eventually } from '../support/eventually.js'
import { overProxy } from '../support/proxy.js'
import type { Row } from './row.js'
import { type Actor, Stage } from './stage.js'

const TAGS = ['team:1']

describe('The memory of a process', () => {
  const stage = new Stage()
  let row: Row

  before(() => stage.open())
  after(() => stage.close())

  beforeEach(() => {
    row = stage.next()
  })

  const read = ({ rows }: Actor): Promise<number> =>
    rows.getOrLoad('k', row.load, { tags: TAGS, scope: 'a' })
  const peek = ({ rows }: Actor): number | undefined => rows.peek('k', { scope: 'a' })

  const invalidations: Record<string, (actor: Actor) => Promise<unknown>> = {
    'an evict': ({ rows }) => rows.delete('k', { scope: 'a' }),
    'a clear of the namespace': ({ rows }) => rows.clear(),
    'a clear of the scope': ({ rows }) => rows.clearScope('a'),
    'an invalidation of the tag': ({ cache }) => cache.invalidateTags(TAGS),
    'a put': ({ rows }) => rows.set('k', row.version, { tags: TAGS, scope: 'a' }),
  }
  for (const [name, invalidate] of Object.entries(invalidations)) {
    it(`I4: takes nothing that was read from Redis before ${name} was heard of`, async () => {
      const [one, two] = await stage.pair()
      await read(two)
      await two.settled()
      const answer = one.hold('read', 'after')
      const early = read(one)
      await answer.reached
      row.version = 2
      await invalidate(two)
      await one.heard(two)
      answer.open()
      // Tags are looked up after the entry, so that one reader is told of the tag in time, and loads.
      const isTold = name.includes('tag')
      expect(await early).to.equal(isTold ? 2 : 1)
      expect(peek(one)).to.equal(isTold ? 2 : undefined)
      expect(await read(one)).to.equal(2)
      expect(peek(one)).to.equal(2)
    })

    it(`I4: takes nothing that was loading when ${name} was heard of`, async () => {
      const [one, two] = await stage.pair()
      const load = row.hold()
      const early = read(one)
      await load.reached
      row.version = 2
      await invalidate(two)
      await one.heard(two)
      load.open()
      expect(await early).to.equal(1)
      expect(peek(one)).to.equal(undefined)
      await one.settled()
      expect(await read(one)).to.equal(2)
    })

    it(`I4: keeps nothing that it had stored before ${name} was heard of`, async () => {
      const [one, two] = await stage.pair()
      await read(one)
      await one.settled()
      expect(peek(one)).to.equal(1)
      row.version = 2
      await invalidate(two)
      await one.heard(two)
      expect(peek(one)).to.equal(undefined)
      expect(await read(one)).to.equal(2)
    })
  }

  it('I4: takes nothing from a reply that the network delivers after the message', () =>
    overProxy(stage.server, async (proxy) => {
      const [one, two] = await Promise.all([
        stage.actor({ redis: proxy.url, log: stage.server.url }),
        stage.actor(),
      ])
      await read(two)
      await two.settled()
      const hears = await one.listens()
      const before = proxy.seen.replies
      proxy.latency = 250
      const early = read(one)
      // The reply has left Redis with the old value, and waits in the proxy from now on.
      await eventually(() => proxy.seen.replies > before)
      proxy.held = true
      row.version = 2
      await two.rows.delete('k', { scope: 'a' })
      await hears(two)
      proxy.clear()
      expect(await early).to.equal(1)
      expect(peek(one)).to.equal(undefined)
      expect(await read(one)).to.equal(2)
    }))

  it('I5: never goes back to what a late reply brings', async () => {
    const [one, two] = await stage.pair()
    await read(two)
    await two.settled()
    const answer = one.hold('read', 'after')
    const early = read(one)
    await answer.reached
    row.version = 2
    await two.rows.delete('k', { scope: 'a' })
    await one.heard(two)
    expect(await read(one)).to.equal(2)
    await one.settled()
    answer.open()
    expect(await early).to.equal(1)
    expect(peek(one)).to.equal(2)
    expect(await read(one)).to.equal(2)
    await one.settled()
    expect(await read(two)).to.equal(2)
  })

  it('I5: never goes back to an older load that ends after a younger one', async () => {
    const [one, two] = await stage.pair()
    const load = row.hold()
    const early = read(one)
    await load.reached
    row.version = 2
    await two.rows.delete('k', { scope: 'a' })
    await one.heard(two)
    expect(await read(one)).to.equal(2)
    await one.settled()
    load.open()
    await early
    await one.settled()
    expect(peek(one)).to.equal(2)
    expect(await two.rows.get('k', { scope: 'a' })).to.equal(2)
  })
})
