import { expect } from 'chai'

import type { EntryOptions } from '../../src/options/entry-options.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { Warm } from '../../src/decorators/warm.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { Row } from './row.js'
import { type Actor, KINDS, Stage } from './stage.js'

const TAGS = ['t']
const SCOPE = 's'

const WAYS: Record<string, (actor: Actor) => Promise<unknown>> = {
  'an evict': ({ rows }) => rows.delete('k', { scope: SCOPE }),
  'a clear of the namespace': ({ rows }) => rows.clear(),
  'a clear of the scope': ({ rows }) => rows.clearScope(SCOPE),
  'an invalidated tag': ({ cache }) => cache.invalidateTags(TAGS),
}

@CacheConfig({ namespace: 'warm' })
class Warmed {
  readonly row = new Row()

  @Warm({ arguments: [['k']] })
  @Cached()
  async version(_id: string): Promise<number> {
    return this.row.load()
  }
}

describe('What runs in the background, or stands in', () => {
  const stage = new Stage()
  let row: Row
  let clock: FakeClock

  before(() => stage.open())

  beforeEach(() => {
    row = stage.next()
    clock = new FakeClock()
  })

  after(() => stage.close())

  const read = ({ rows }: Actor): Promise<number> =>
    rows.getOrLoad('k', row.load, { tags: TAGS, scope: SCOPE })
  const alone = (defaults: EntryOptions): Actor =>
    stage.alone({ clock, defaults: { ttl: 1_000, jitter: 0, ...defaults } })
  const failing = ({ rows }: Actor): Promise<unknown> =>
    rows
      .getOrLoad('k', () => Promise.reject(new RangeError('no database')), {
        tags: TAGS,
        scope: SCOPE,
      })
      .catch((error: unknown) => error)

  for (const [way, invalidate] of Object.entries(WAYS)) {
    const refreshes: Record<string, [EntryOptions, number]> = {
      'a refresh of what is stale': [{ staleWhileRevalidate: '1h' }, 1_500],
      'a refresh ahead': [{ refreshAhead: 0.5 }, 600],
    }
    for (const [name, [options, age]] of Object.entries(refreshes)) {
      it(`I12: ${name} stores nothing after ${way}`, async () => {
        const actor = alone(options)
        await read(actor)
        await clock.advance(age)
        const load = row.hold()
        expect(await read(actor)).to.equal(1)
        await load.reached
        row.version = 2
        await invalidate(actor)
        load.open()
        await actor.settled()
        expect(await read(actor)).to.equal(2)
      })
    }

    it(`I12: a load that outlived its callers' patience stores nothing after ${way}`, async () => {
      const actor = alone({ staleIfError: '1h', timeout: { soft: 100, hard: 10_000 } })
      await read(actor)
      await clock.advance(1_500)
      const load = row.hold()
      const early = read(actor)
      await load.reached
      await clock.advance(100)
      expect(await early).to.equal(1)
      row.version = 2
      await invalidate(actor)
      load.open()
      await actor.settled()
      expect(await read(actor)).to.equal(2)
    })

    it(`I12: a refresh in one process stores nothing after ${way} in another`, async () => {
      const [one, two] = await refreshing()
      await read(one)
      await one.settled()
      await one.rows.expire('k', { scope: SCOPE })
      const load = row.hold()
      expect(await read(one)).to.equal(1)
      await load.reached
      row.version = 2
      await invalidate(two)
      load.open()
      await one.settled()
      await one.heard(two)
      expect(await two.rows.get('k', { scope: SCOPE })).to.equal(undefined)
      expect(await read(one)).to.equal(2)
    })

    it(`I13: a stale value stands in for an error, and never after ${way}`, async () => {
      const actor = alone({ staleIfError: '1h' })
      await read(actor)
      await clock.advance(1_500)
      expect(await failing(actor)).to.equal(1)
      await invalidate(actor)
      expect(await failing(actor)).to.be.instanceOf(RangeError)
    })

    it(`I13: nor after ${way} that comes while the failing load runs`, async () => {
      const actor = alone({ staleIfError: '1h' })
      await read(actor)
      await clock.advance(1_500)
      const load = row.hold()
      const early = actor.rows
        .getOrLoad(
          'k',
          async () => {
            await row.load()
            throw new RangeError('no database')
          },
          { tags: TAGS, scope: SCOPE },
        )
        .catch((error: unknown) => error)
      await load.reached
      await invalidate(actor)
      load.open()
      expect(await early).to.be.instanceOf(RangeError)
    })

    it(`I13: nor, from Redis or memory, after ${way} in another process`, async () => {
      const [one, two] = await refreshing()
      await read(one)
      await one.settled()
      await one.rows.expire('k', { scope: SCOPE })
      await invalidate(two)
      await one.heard(two)
      expect(await failing(one)).to.be.instanceOf(RangeError)
      expect(await failing(two)).to.be.instanceOf(RangeError)
    })
  }

  let pair: Promise<[Actor, Actor]> | undefined
  const refreshing = (): Promise<[Actor, Actor]> => {
    const defaults = { staleWhileRevalidate: '1h', staleIfError: '1h' } as const
    pair ??= Promise.all([stage.actor({ defaults }), stage.actor({ defaults })])
    return pair
  }

  it('I12: what comes after the hard timeout is dropped', async () => {
    const actor = alone({ timeout: { hard: 100 } })
    const load = row.hold()
    const early = read(actor).catch((error: unknown) => error)
    await load.reached
    await clock.advance(100)
    expect(await early).to.be.instanceOf(Error)
    row.version = 2
    load.open()
    await actor.settled()
    expect(await read(actor)).to.equal(2)
  })

  it('I12: a refresh by name takes the place of one that runs, which stores nothing then', async () => {
    const actor = await stage.one('bounded')
    const warmed = actor.cache.weave(new Warmed())
    const handle = actor.cache.entryOf(warmed, 'version')
    const load = warmed.row.hold()
    const early = warmed.version('r')
    await load.reached
    warmed.row.version = 2
    expect(await handle.refresh('r')).to.equal(2)
    load.open()
    expect(await early).to.equal(1)
    await actor.settled()
    expect(handle.peek('r')).to.equal(2)
    expect(await warmed.version('r')).to.equal(2)
  })

  it('I12: a refresh by name stores nothing after an evict', async () => {
    const [one, two] = await stage.pair()
    const [warmed, other] = [one.cache.weave(new Warmed()), two.cache.weave(new Warmed())]
    const load = warmed.row.hold()
    const early = one.cache.entryOf(warmed, 'version').refresh('f')
    await load.reached
    warmed.row.version = 2
    await two.cache.entryOf(other, 'version').evict('f')
    load.open()
    expect(await early).to.equal(1)
    await one.settled()
    await one.heard(two)
    expect(await warmed.version('f')).to.equal(2)
  })

  for (const kind of KINDS) {
    it(`I12, I30: a warm-up stores nothing after an evict (${kind})`, async () => {
      const actor = await stage.one(kind)
      const warmed = actor.cache.weave(new Warmed())
      const handle = actor.cache.entryOf(warmed, 'version')
      await handle.evict('k')
      const runner = new WarmupRunner(actor.cache, () => [warmed])
      const load = warmed.row.hold()
      const run = runner.run()
      await load.reached
      warmed.row.version = 2
      await handle.evict('k')
      load.open()
      await run
      await actor.settled()
      expect(await warmed.version('k')).to.equal(2)
    })
  }
})
