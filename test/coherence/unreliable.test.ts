import { expect } from 'chai'

import { CacheInvalidationError } from '../../src/errors.js'
import { STORE } from '../../src/redis/entry-scripts.js'
import { eventually } from '../support/eventually.js'
import { type ChaosProxy, overProxy } from '../support/proxy.js'
import type { Operation } from './held-store.js'
import type { Row } from './row.js'
import { type Actor, SHARED, Stage } from './stage.js'
import { watch } from './watch.js'

const OPTIONS = { scope: 'ann' }

describe('When Redis forgets, stands still or is late', () => {
  const stage = new Stage()
  let row: Row

  before(() => stage.open())

  beforeEach(() => {
    row = stage.next()
  })

  afterEach(() => stage.server.thaw())

  after(() => stage.close())

  const read = ({ rows }: Actor): Promise<number> =>
    rows.getOrLoad('k', row.load, { ...OPTIONS, tags: [rows.name] })
  const get = ({ rows }: Actor): Promise<number | undefined> => rows.get('k', OPTIONS)

  const metadata: Record<string, (actor: Actor) => string> = {
    'the marker of the namespace': ({ parts, rows }) => parts.names.namespaceMarker(rows.name),
    'the marker of the entry': ({ parts, rows }) => parts.names.entryMarker(rows.name, 'by-hand'),
    'the marker of the scope': ({ parts, rows }) => parts.names.scopeMarker(rows.name, 'ann'),
    'the marker of a tag': ({ parts, rows }) => parts.names.tagMarker(rows.name),
  }
  for (const [name, keyOf] of Object.entries(metadata)) {
    for (const consistency of SHARED) {
      it(`I16: an entry without ${name} is a miss (${consistency})`, async () => {
        const [one, two] = await stage.pair(consistency)
        await read(one)
        await one.settled()
        expect(await stage.server.ask('DEL', keyOf(one))).to.equal(1)
        expect(await get(two)).to.equal(undefined)
        row.version = 2
        expect(await read(two)).to.equal(2)
        await two.settled()
        // And whoever makes it anew does not revive what was stored under the lost one.
        expect(await get(two)).to.equal(2)
      })
    }
  }

  it('I16: a load whose marker is lost before it stores leaves nothing that can be served', async () => {
    const [one, two] = await stage.pair('strict')
    const load = row.hold()
    const early = read(one)
    await load.reached
    await stage.server.ask('DEL', one.parts.names.namespaceMarker(one.rows.name))
    row.version = 2
    await two.rows.clear()
    load.open()
    await early
    await one.settled()
    expect(await get(two)).to.equal(undefined)
    expect(await read(one)).to.equal(2)
  })

  for (const forget of ['FLUSHALL', 'FLUSHDB'] as const) {
    it(`I15: after ${forget} memory is dropped, and no entry of before is served`, async () => {
      const [one, two] = await stage.pair()
      await Promise.all([read(one), read(two)])
      await Promise.all([one.settled(), two.settled()])
      row.version = 2
      await stage.server.ask(forget)
      const gap = ({ cache }: Actor): number =>
        Object.values(cache.stats().invalidations.logInterruptions).reduce((sum, n) => sum + n, 0)
      const before = [gap(one), gap(two)]
      await two.rows.delete('k', OPTIONS)
      expect(await read(two)).to.equal(2)
      await eventually(() => gap(one) > (before[0] ?? 0) || one.rows.peek('k', OPTIONS) !== 1)
      expect(await read(one)).to.equal(2)
    })
  }

  const impatient = { timeouts: { read: '100ms', write: '200ms' } } as const
  /** An actor whose commands go through a proxy, and who gives up on them soon. */
  const behind = (proxy: ChaosProxy): Promise<Actor> =>
    stage.actor({ redis: proxy.url, log: stage.server.url, ...impatient })

  it('I18: a store that Redis applies after it was given up is refused', () =>
    overProxy(stage.server, async (proxy) => {
      const [one, two] = await Promise.all([behind(proxy), stage.actor()])
      const load = row.hold()
      // Without tags, so that the store is the first thing that is asked after the load.
      const early = one.rows.getOrLoad('k', row.load, OPTIONS)
      await load.reached
      proxy.held = true
      load.open()
      expect(await early).to.equal(1)
      await one.settled()
      row.version = 2
      await two.rows.delete('k', OPTIONS)
      const { replies } = proxy.seen
      const applied = await watch(stage.server, async () => {
        proxy.held = false
        await eventually(() => proxy.seen.replies > replies)
      })
      const script = JSON.stringify(STORE.text).slice(1, -1)
      expect(applied.filter(({ args }) => args[0] === script)).to.have.length(1)
      expect(await get(two)).to.equal(undefined)
      expect(await read(two)).to.equal(2)
    }))

  it('I18: a put that Redis applies after it was given up takes nothing back', () =>
    overProxy(stage.server, async (proxy) => {
      const [one, two] = await Promise.all([behind(proxy), stage.actor()])
      const reservation = await one.rows.reserve('k', OPTIONS)
      proxy.held = true
      row.version = 2
      const { durable } = await reservation.commit(2)
      expect(durable).to.equal(false)
      row.version = 3
      await two.rows.set('k', 3, OPTIONS)
      proxy.held = false
      await eventually(() => one.cache.stats().redis?.unconfirmedInvalidations === 0)
      expect(await read(two)).to.equal(3)
      await eventually(async () => (await read(one)) === 3)
    }))

  it('I18: a frozen Redis that goes on with what it was sent revives nothing', async () => {
    const [one, two] = await Promise.all([stage.actor(impatient), stage.actor(impatient)])
    const load = row.hold()
    const early = read(one)
    await load.reached
    stage.server.freeze()
    load.open()
    expect(await early).to.equal(1)
    await one.settled()
    row.version = 2
    const { durable } = await two.rows.delete('k', OPTIONS)
    expect(durable).to.equal(false)
    // Nobody can tell the others, but who evicted knows.
    expect(await read(two)).to.equal(2)
    stage.server.thaw()
    await eventually(() => two.cache.stats().redis?.unconfirmedInvalidations === 0)
    expect(await read(two)).to.equal(2)
    await eventually(async () => (await read(one)) === 2)
  })

  it('I11, I19: a unit of work ends all its puts and tells, though Redis confirms none', () =>
    overProxy(stage.server, async (proxy) => {
      const onInvalidationFailure = 'reject'
      const one = await stage.actor({ redis: proxy.url, onInvalidationFailure, ...impatient })
      const keys = ['a', 'b', 'c']
      const readAll = (): Promise<number[]> =>
        Promise.all(keys.map((key) => one.rows.getOrLoad(key, row.load)))
      await readAll()
      await one.settled()
      const changes: ((key: string) => Promise<unknown>)[] = [
        (key) => one.rows.set(key, row.version),
        (key) => one.rows.delete(key),
      ]
      for (const change of changes) {
        const work = one.cache.unitOfWork(async () => {
          proxy.held = true
          row.version += 1
          await Promise.all(keys.map(change))
        })
        expect(await work.catch((error: unknown) => error)).to.be.instanceOf(CacheInvalidationError)
        expect(await readAll()).to.deep.equal(keys.map(() => row.version))
        proxy.held = false
        await eventually(() => one.cache.stats().redis?.unconfirmedInvalidations === 0)
        expect(await readAll()).to.deep.equal(keys.map(() => row.version))
      }
    }))

  it('a reader is given no error of Redis, whichever of its questions finds no answer', async () => {
    const questions: [name: Operation, isFound: boolean][] = [
      ['read', true],
      ['readTags', true],
      ['readTags', false],
      ['acquire', false],
      ['stampTags', false],
      ['store', false],
    ]
    for (const consistency of SHARED) {
      const [one, two] = await stage.pair(consistency)
      for (const [operation, isFound] of questions) {
        stage.next()
        if (isFound) await read(two)
        await two.settled()
        // What is found only when the lease is asked for was stored since the entry was read.
        const asking = isFound ? undefined : one.hold('acquire', 'before')
        one.fail(operation)
        const answer = read(one)
        if (operation === 'readTags' && asking !== undefined) {
          await asking.reached
          await read(two)
          await two.settled()
        }
        asking?.open()
        expect(await answer, `${operation}, ${consistency}`).to.equal(1)
        await one.settled()
        expect(await read(one)).to.equal(1)
        await one.settled()
      }
    }
  })

  it('I2: a strict reader is right at once with its log dead for ever', () =>
    overProxy(stage.server, async (proxy) => {
      const defaults = { consistency: 'strict' } as const
      const [one, two] = await Promise.all([
        stage.actor({ log: proxy.url, defaults }),
        stage.actor({ defaults }),
      ])
      proxy.lost = 'both'
      for (const invalidate of [
        () => two.rows.delete('k', OPTIONS),
        () => two.rows.clear(),
        () => two.rows.clearScope('ann'),
        () => two.cache.invalidateTags([two.rows.name]),
        () => two.rows.set('k', row.version, OPTIONS),
      ]) {
        expect(await read(one)).to.equal(row.version)
        await one.settled()
        row.version += 1
        await invalidate()
        expect(await read(one)).to.equal(row.version)
      }
    }))
})
