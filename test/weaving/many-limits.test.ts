import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { CacheLoadRejectedError, CacheLoadTimeoutError } from '../../src/errors.js'
import type { CachedOptions } from '../../src/options/cached-options.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { ItemBatch } from '../../src/weaving/item-batch.js'
import { failureOf } from '../support/failure-of.js'
import { type Gate, gate } from '../support/gate.js'

/** What the methods of one entry were asked for, and how many calls of them ran at once. */
class Watched {
  readonly calls: string[][] = []
  running = 0
  most = 0
  /** The next call waits here, and only that one. */
  held: Gate | undefined

  async load(ids: readonly string[]): Promise<string[]> {
    this.calls.push([...ids])
    this.running += 1
    this.most = Math.max(this.most, this.running)
    const { held } = this
    this.held = undefined
    await (held?.wait() ?? new Promise(setImmediate))
    this.running -= 1
    return ids.map((id) => `row ${id}`)
  }

  hold(): Gate {
    this.held = gate()
    return this.held
  }
}

function made(options: CachedOptions) {
  @CacheConfig({ namespace: 'limited' })
  class Rows {
    readonly watched = new Watched()

    @Cached({ ttl: '1m', jitter: 0, ...options })
    async one(id: string): Promise<string> {
      return (await this.watched.load([id]))[0] ?? ''
    }

    @CachedMany({ entry: 'one' })
    async many(ids: readonly string[]): Promise<string[]> {
      return this.watched.load(ids)
    }
  }
  const clock = new FakeClock()
  const cache = createCache({ clock })
  const rows = cache.weave(new Rows())
  return { cache, clock, rows, watched: rows.watched }
}

const rowsOf = (...ids: string[]): string[] => ids.map((id) => `row ${id}`)

/** What a promise brings, unless it still waits when all that can run has run. */
async function soon(promise: Promise<unknown>): Promise<unknown> {
  const turns = async (): Promise<string> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
    return 'waits'
  }
  return Promise.race([promise, turns()])
}

describe('@CachedMany on an entry with a `concurrency`', () => {
  for (const concurrency of [1, 2]) {
    it(`I22: takes one slot for all that is missing, and does not wait for itself (${concurrency})`, async () => {
      const { rows, watched } = made({ concurrency, timeout: { hard: Number.POSITIVE_INFINITY } })
      expect(await soon(rows.many(['a', 'b', 'c', 'a']))).to.deep.equal(rowsOf('a', 'b', 'c', 'a'))
      expect(watched.calls).to.deep.equal([['a', 'b', 'c']])
    })
  }

  it('waits for a slot that the single-item method has, and the other way round', async () => {
    const { rows, watched } = made({ concurrency: 1 })
    const single = watched.hold()
    const first = rows.one('x')
    await single.reached
    const list = rows.many(['a', 'b'])
    expect(await soon(list)).to.equal('waits')
    const last = rows.one('y')
    expect(watched.calls).to.deep.equal([['x']])
    single.open()
    expect(await soon(Promise.all([first, list, last]))).to.deep.equal([
      'row x',
      rowsOf('a', 'b'),
      'row y',
    ])
    expect(watched.calls).to.deep.equal([['x'], ['a', 'b'], ['y']])
    expect(watched.most).to.equal(1)
  })

  it('I22: shares with the single-item method what either of them loads', async () => {
    const { rows, watched } = made({ concurrency: 1 })
    const single = watched.hold()
    const calls = [rows.one('a'), rows.many(['b', 'a', 'c']), rows.one('c')]
    await single.reached
    expect(await soon(Promise.all(calls))).to.equal('waits')
    single.open()
    expect(await soon(Promise.all(calls))).to.deep.equal(['row a', rowsOf('b', 'a', 'c'), 'row c'])
    expect(watched.calls).to.deep.equal([['a'], ['b', 'c']])
  })

  it('I22: lets lists that overlap end, each id loaded once, one call at a time', async () => {
    const { rows, watched } = made({ concurrency: 1 })
    const lists = [['a', 'b'], ['b', 'c', 'a'], ['d', 'c'], ['d']]
    const read = Promise.all(lists.map((ids) => rows.many(ids)))
    expect(await soon(read)).to.deep.equal(lists.map((ids) => rowsOf(...ids)))
    expect(watched.calls).to.deep.equal([['a', 'b'], ['c'], ['d']])
    expect(watched.most).to.equal(1)
  })

  it('counts as one call in the queue, and is refused as a whole when that is full', async () => {
    const { rows, watched } = made({ concurrency: 1, queue: 1 })
    const single = watched.hold()
    const first = rows.one('x')
    await single.reached
    const waiting = rows.many(['a', 'b', 'c'])
    // The waiting list has asked for its slot before another one does.
    expect(await soon(waiting)).to.equal('waits')
    const refused = await soon(failureOf(rows.many(['d', 'e'])))
    expect(refused).to.be.instanceOf(CacheLoadRejectedError)
    expect(await soon(failureOf(rows.one('y')))).to.be.instanceOf(CacheLoadRejectedError)
    single.open()
    expect(await soon(Promise.all([first, waiting]))).to.deep.equal([
      'row x',
      rowsOf('a', 'b', 'c'),
    ])
    expect(watched.calls).to.deep.equal([['x'], ['a', 'b', 'c']])
    expect(await soon(rows.many(['d', 'e']))).to.deep.equal(rowsOf('d', 'e'))
  })

  it('F49: lets its callers go when it waits too long for a slot, and loads for the next ones', async () => {
    const { rows, watched, clock, cache } = made({ concurrency: 1, timeout: { hard: '1s' } })
    const single = watched.hold()
    const hanging = failureOf(rows.one('x'))
    await single.reached
    const late = failureOf(rows.many(['a', 'b']))
    await clock.advance(1_000)
    expect(await soon(hanging)).to.be.instanceOf(CacheLoadTimeoutError)
    expect(await soon(late)).to.be.instanceOf(CacheLoadTimeoutError)
    single.open()
    expect(await soon(rows.many(['b', 'a']))).to.deep.equal(rowsOf('b', 'a'))
    expect(watched.most).to.equal(1)
    expect(await soon(rows.many(['a', 'b', 'x']))).to.deep.equal(rowsOf('a', 'b', 'x'))
    await new Promise(setImmediate)
    expect(cache.stats().background.running).to.equal(0)
  })

  it('F49: gives its slot back after the hard timeout, though its call hangs for ever', async () => {
    const { rows, watched, clock } = made({ concurrency: 1, timeout: { hard: '1s' } })
    const list = watched.hold()
    const hanging = failureOf(rows.many(['a', 'b']))
    await list.reached
    const next = rows.one('x')
    expect(await soon(next)).to.equal('waits')
    await clock.advance(1_000)
    expect(await soon(hanging)).to.be.instanceOf(CacheLoadTimeoutError)
    expect(await soon(failureOf(next))).to.be.instanceOf(CacheLoadTimeoutError)
    expect(await soon(rows.one('x'))).to.equal('row x')
    list.open()
    expect(await soon(rows.many(['b', 'a']))).to.deep.equal(rowsOf('b', 'a'))
  })

  it('I23: gives the slot back when its call fails, and each item its error', async () => {
    const { rows, watched } = made({ concurrency: 1 })
    const error = new RangeError('no rows')
    const { load } = watched
    watched.load = async () => {
      throw error
    }
    expect(await soon(failureOf(rows.many(['a', 'b'])))).to.equal(error)
    watched.load = load
    expect(await soon(rows.many(['a', 'b']))).to.deep.equal(rowsOf('a', 'b'))
  })

  it('says that its method begins when it has its slot, and takes along who comes before', async () => {
    const [slot, begun] = [gate(), [] as string[]]
    const asked: unknown[][] = []
    const batch = new ItemBatch({
      label: 'Rows.many',
      shape: 'list',
      idOf: undefined,
      leftOut: undefined,
      size: 4,
      limited: async (call) => {
        await slot.wait()
        return call()
      },
      run: async (ids) => {
        asked.push(ids)
        return rowsOf(...ids.map(String))
      },
    })
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => {
      const { decide, loadBeside } = batch.share(id)
      const share = { begin: () => void begun.push(id), follow: () => undefined }
      return { decide, load: () => loadBeside(share) }
    })
    // The last two wait for somebody else at first.
    c?.decide()
    d?.decide()
    const first = [a?.load(), b?.load()]
    await slot.reached
    const all = Promise.all([...first, c?.load()])
    expect(await soon(all)).to.equal('waits')
    expect(begun).to.deep.equal([])
    slot.open()
    expect(await all).to.deep.equal(rowsOf('a', 'b', 'c'))
    expect(begun).to.deep.equal(['a', 'b', 'c'])
    expect(await d?.load()).to.equal('row d')
    expect(asked).to.deep.equal([['a', 'b', 'c'], ['d']])
  })

  it('refreshes what is stale in the slot of the list that found it so', async () => {
    const { rows, watched, clock } = made({ concurrency: 1, staleWhileRevalidate: '1m' })
    await rows.many(['a', 'b', 'c'])
    await clock.advance(61_000)
    expect(await soon(rows.many(['a', 'b', 'c']))).to.deep.equal(rowsOf('a', 'b', 'c'))
    await soon(new Promise(() => undefined))
    expect(watched.calls).to.deep.equal([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ])
    expect(watched.running).to.equal(0)
  })

  it('takes no slot inside a unit of work, where nothing is shared', async () => {
    const { rows, watched, cache } = made({ concurrency: 1 })
    const single = watched.hold()
    const first = rows.one('x')
    await single.reached
    const inside = cache.unitOfWork(() => rows.many(['a', 'b']))
    expect(await soon(inside)).to.deep.equal(rowsOf('a', 'b'))
    single.open()
    expect(await first).to.equal('row x')
  })

  for (const concurrency of [1, Number.POSITIVE_INFINITY]) {
    it(`F50: whose method asks for its own items, by way of another one, does not wait for itself (${concurrency})`, async () => {
      @CacheConfig({ namespace: 'nested' })
      class Nested {
        @Cached({ concurrency, timeout: { hard: Number.POSITIVE_INFINITY } })
        async one(id: string): Promise<string> {
          return `row ${id}`
        }

        @CachedMany({ entry: 'one' })
        async many(ids: readonly string[]): Promise<string[]> {
          return Promise.all(ids.map((id) => this.byWayOf(id)))
        }

        @Cached()
        async byWayOf(id: string): Promise<string> {
          return this.one(id)
        }
      }
      const rows = createCache().weave(new Nested())
      await rows.one('b')
      expect(await soon(rows.many(['a', 'b', 'c']))).to.deep.equal(rowsOf('a', 'b', 'c'))
    })
  }

  it('F50: whose method asks for its own items does not wait for itself beside one without a key', async () => {
    @CacheConfig({ namespace: 'nested' })
    class Nested {
      @Cached({ timeout: { hard: Number.POSITIVE_INFINITY } })
      async one(id: unknown): Promise<string> {
        return `row ${String(id)}`
      }

      @CachedMany({ entry: 'one' })
      async many(ids: readonly unknown[]): Promise<string[]> {
        const load = async (id: unknown) => (typeof id === 'string' ? this.one(id) : 'no key')
        return Promise.all(ids.map(load))
      }
    }
    const rows = createCache({ logger: false }).weave(new Nested())
    expect(await soon(rows.many([() => 1, 'b']))).to.deep.equal(['no key', 'row b'])
  })
})
