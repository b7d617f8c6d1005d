import { expect } from 'chai'
import * as fc from 'fast-check'

import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { CacheLoadRejectedError } from '../../src/errors.js'
import type { CachedOptions } from '../../src/options/cached-options.js'
import type { EntryOptions } from '../../src/options/entry-options.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { failureOf } from '../support/failure-of.js'
import { type Gate, gate } from '../support/gate.js'
import { freshPrefix, redisUrl } from '../support/redis.js'

/** A tree by the paths of its nodes: `a` has the children `a0`, `a1`, … down to the leaves. */
function made(options: CachedOptions, depth: number, width: number) {
  @CacheConfig({ namespace: 'trees' })
  class Trees {
    readonly calls: string[] = []
    /** Methods that work, rather than wait for the nodes below. */
    working = 0
    most = 0
    held: Gate | undefined

    @Cached({ ttl: '1m', jitter: 0, ...options })
    async size(path: string): Promise<number> {
      this.calls.push(path)
      await this.work()
      if (path.length > depth) return 1
      const below = await Promise.all(this.below(path).map((child) => this.size(child)))
      await this.work()
      return below.reduce((sum, one) => sum + one, 1)
    }

    @CachedMany({ entry: 'size' })
    async sizes(paths: readonly string[]): Promise<number[]> {
      return Promise.all(paths.map(async (path) => (await this.size(`${path}0`)) + 1))
    }

    below(path: string): string[] {
      return Array.from({ length: width }, (_, index) => `${path}${index}`)
    }

    async work(): Promise<void> {
      this.working += 1
      this.most = Math.max(this.most, this.working)
      await (this.held?.wait() ?? new Promise(setImmediate))
      this.working -= 1
    }
  }
  return createCache({ clock: new FakeClock() }).weave(new Trees())
}

interface Node {
  readonly below: readonly number[]
  readonly how: 'at once' | 'in turn' | 'as a list'
}

/** A graph of rows, each of which is worked out from those it names. */
@CacheConfig({ namespace: 'graph' })
class Rows {
  readonly #nodes: readonly Node[]

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes
  }

  @Cached({ ttl: '1m' })
  async one(at: number): Promise<number> {
    return this.#load(at)
  }

  @CachedMany({ entry: 'one' })
  async many(list: readonly number[]): Promise<number[]> {
    const loaded: number[] = []
    for (const at of list) loaded.push(await this.#load(at))
    return loaded
  }

  expected(at: number): number {
    return (this.#nodes[at]?.below ?? []).reduce((sum, to) => sum + this.expected(to), 1)
  }

  async #load(at: number): Promise<number> {
    const { below, how } = this.#nodes[at] ?? { below: [], how: 'at once' }
    await this.#turn()
    const found: number[] = []
    if (how === 'in turn') for (const to of below) found.push(await this.one(to))
    else if (how === 'as a list' && below.length > 0) found.push(...(await this.many(below)))
    else found.push(...(await Promise.all(below.map((to) => this.one(to)))))
    await this.#turn()
    return found.reduce((sum, value) => sum + value, 1)
  }

  #turn(): Promise<void> {
    return new Promise(setImmediate)
  }
}

/** What a promise brings, unless it still waits when all that can run has run. */
async function soon(promise: Promise<unknown>): Promise<unknown> {
  const turns = async (): Promise<string> => {
    for (let turn = 0; turn < 400; turn += 1) await new Promise(setImmediate)
    return 'waits'
  }
  return Promise.race([promise, turns()])
}

function rowsOf(graph: readonly Node[]): Rows {
  return new Rows(
    graph.map(({ below, how }, at) => ({ how, below: below.filter((to) => to > at) })),
  )
}

/** A load that waits for itself must not be saved by its hard timeout. */
function bounded(concurrency: number): EntryOptions {
  return { concurrency, timeout: { hard: Number.POSITIVE_INFINITY } }
}

function readAll(rows: Rows, calls: readonly (readonly number[])[]): Promise<unknown> {
  return Promise.all(
    calls.map((list) => (list.length === 1 ? rows.one(list[0] ?? 0) : rows.many(list))),
  )
}

describe('A method that loads others of its own entry under `concurrency`', () => {
  for (const concurrency of [1, 2, 3]) {
    it(`F50: ends, each node loaded once, and no more than ${concurrency} work at a time`, async () => {
      const trees = made({ concurrency, timeout: { hard: Number.POSITIVE_INFINITY } }, 3, 3)
      const sizes = await soon(Promise.all(['a', 'b', 'c'].map((root) => trees.size(root))))
      expect(sizes).to.deep.equal([40, 40, 40])
      expect(trees.calls).to.have.length(120)
      expect(trees.most).to.be.within(1, concurrency)
    })
  }

  it('F50: ends though what it asks for waits for the slot that it has itself', async () => {
    const trees = made({ concurrency: 1 }, 1, 1)
    trees.held = gate()
    const above = trees.size('a')
    await trees.held.reached
    const below = trees.size('a0')
    const { held } = trees
    trees.held = undefined
    held.open()
    expect(await soon(Promise.all([above, below]))).to.deep.equal([2, 1])
    expect(trees.most).to.equal(1)
  })

  it('F50: ends when it loads a list, and asks inside of a list for one of them', async () => {
    const trees = made({ concurrency: 1 }, 1, 1)
    expect(await soon(trees.sizes(['a', 'b']))).to.deep.equal([2, 2])
    expect(await soon(trees.size('a'))).to.equal(2)
  })

  const nodes = 7
  const graphs = fc.array(
    fc.record({
      // Only nodes with a higher number: what asks for itself is another matter.
      below: fc.uniqueArray(fc.nat(nodes - 1), { maxLength: 3 }),
      how: fc.constantFrom('at once', 'in turn', 'as a list'),
    }),
    { minLength: nodes, maxLength: nodes },
  )
  const callsOf = fc.array(fc.uniqueArray(fc.nat(nodes - 1), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  })
  const concurrencies = fc.integer({ min: 1, max: 3 })

  it('F50: ends whatever it asks for, in turn or at once, singly or as lists', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, concurrencies, callsOf, async (graph, concurrency, calls) => {
        const rows = rowsOf(graph)
        const cache = createCache({ clock: new FakeClock(), defaults: bounded(concurrency) })
        expect(await soon(readAll(cache.weave(rows), calls))).not.to.equal('waits')
        expect(await rows.one(0)).to.equal(rows.expected(0))
      }),
      { numRuns: 300 },
    )
  })

  it('F50: does so as well where each load looks into Redis first, and takes a lease', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, concurrencies, callsOf, async (graph, concurrency, calls) => {
        const rows = rowsOf(graph)
        const options = { redis: redisUrl(), prefix: freshPrefix() }
        const cache = createCache({ ...options, defaults: bounded(concurrency) })
        await cache.ready('5s')
        await readAll(cache.weave(rows), calls)
        expect(await rows.one(0)).to.equal(rows.expected(0))
        await cache.close()
      }),
      { numRuns: 60, endOnFailure: true },
    )
  })

  it('is refused where more wait for the slot it has than the queue may hold', async () => {
    const trees = made({ concurrency: 1, queue: 1 }, 1, 3)
    expect(await soon(failureOf(trees.size('a')))).to.be.instanceOf(CacheLoadRejectedError)
  })
})
