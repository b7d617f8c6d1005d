import { expect } from 'chai'
import fc from 'fast-check'

import { CacheConfig } from '../src/decorators/cache-config.js'
import { Cached } from '../src/decorators/cached.js'
import { entryOf } from '../src/entry-handle.js'
import { type Explanation, explain } from '../src/explain.js'
import type { CachedOptions } from '../src/options/cached-options.js'
import type { CallEvent } from '../src/observability/observer.js'
import { createTestCache } from '../src/testing.js'
import { returning } from './support/returning.js'
import { type JoinedEntry, type JoinedProcess, ModelRedis, turn } from './support/model-redis.js'

/** How long everything lasts is near to how far the clock is moved, so that all states are met. */
const SPANS = [0, 1, 300, 999, 1_000, 1_001, 2_500, 10_000] as const

const options = fc
  .record({
    ttl: fc.constant(1_000),
    staleWhileRevalidate: fc.constantFrom(0, 1_500),
    staleIfError: fc.constantFrom(0, 4_000),
    refreshAhead: fc.constantFrom(0, 0.5),
    errorBackoff: fc.constantFrom(0, 2_000),
  })
  .map((given): CachedOptions => ({ ...given, jitter: 0 }))

type Deed =
  | { readonly kind: 'pass'; readonly span: number }
  | { readonly kind: 'call' | 'failing call' | 'call in a unit' | 'call in a unit that evicts' }
  | { readonly kind: 'evict' | 'evict elsewhere' | 'clear' | 'tag' | 'expire' | 'read elsewhere' }
  | { readonly kind: 'outage' | 'recovery' }

const deeds = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Deed>({ kind: 'call' }, { kind: 'failing call' }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(...SPANS).map((span): Deed => ({ kind: 'pass', span })),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom<Deed>(
        { kind: 'call in a unit' },
        { kind: 'call in a unit that evicts' },
        { kind: 'evict' },
        { kind: 'evict elsewhere' },
        { kind: 'clear' },
        { kind: 'tag' },
        { kind: 'expire' },
        { kind: 'read elsewhere' },
        { kind: 'outage' },
        { kind: 'recovery' },
      ),
    },
  ),
  { minLength: 2, maxLength: 14 },
)

type End = 'memory' | 'redis' | 'miss' | 'stale' | 'bypass' | 'error'

/** How a call ends of which this was foretold. */
function foretold({ source, keptFor }: Explanation, fails: boolean): End {
  if (source === 'load' && !fails) return 'miss'
  if (source === 'load') return keptFor !== undefined && keptFor > 0 ? 'stale' : 'error'
  return source === 'bypass' && fails ? 'error' : source
}

function expectForetold(
  explanation: Explanation,
  fails: boolean,
  end: End | undefined,
  reason: string | undefined,
): void {
  expect(end, JSON.stringify(explanation)).to.equal(foretold(explanation, fails))
  if (end === 'miss') expect(reason, JSON.stringify(explanation)).to.equal(explanation.reason)
  const { freshFor, keptFor, source } = explanation
  if (source === 'memory' || source === 'redis') expect(freshFor).to.be.above(0)
  if (source === 'stale') expect(freshFor).to.be.at.most(0)
  for (const span of [freshFor, keptFor]) {
    if (span !== undefined) expect(Number.isInteger(span) && !Object.is(span, -0)).to.equal(true)
  }
}

/** Two processes with one Redis, of which the one is watched. */
class Watched {
  readonly redis: ModelRedis
  readonly here: JoinedProcess
  readonly there: JoinedProcess
  readonly entry: JoinedEntry
  readonly elsewhere: JoinedEntry

  constructor(redis: ModelRedis, processes: [JoinedProcess, JoinedProcess], own: CachedOptions) {
    this.redis = redis
    ;[this.here, this.there] = processes
    this.entry = this.here.entry(own)
    this.elsewhere = this.there.entry(own)
  }

  async do(deed: Deed): Promise<void> {
    const { entry, elsewhere, here, there } = this
    switch (deed.kind) {
      case 'pass':
        return this.redis.pass(deed.span)
      case 'call':
        return this.#call(false)
      case 'failing call':
        return this.#call(true)
      case 'call in a unit':
        return here.units.run(() => this.#call(false), ignore)
      case 'call in a unit that evicts':
        return here.units.run(async () => {
          here.units.current()?.evict([entry.cached.targetOf(entry.key('1'))])
          await this.#call(false)
        }, ignore)
      case 'evict':
        return this.#settled(entry.evict('1'))
      case 'evict elsewhere':
        return this.#settled(elsewhere.evict('1'))
      case 'clear':
        return this.#settled(entry.clearNamespace())
      case 'tag':
        return this.#settled(entry.invalidateTag('team'))
      case 'expire':
        return this.#settled(entry.cached.expire(entry.key('1')))
      case 'read elsewhere':
        return this.#settled(elsewhere.read('1', returning('elsewhere')))
      case 'outage':
        for (const network of [here.network, here.logNetwork]) network.isDown = true
        return
      case 'recovery':
        for (const network of [here.network, here.logNetwork]) network.isDown = false
        await here.tier.recover(false)
        there.network.isDown = false
    }
  }

  async #call(fails: boolean): Promise<void> {
    const { cached } = this.entry
    const { counters } = cached.context
    const explanation = await explain(cached, this.entry.key('1'), undefined)
    const before = endsOf(counters)
    const reasons = new Map(counters.missReasons)
    const call = this.entry.read('1', async () => {
      if (fails) throw new Error('the method failed')
      return 'loaded'
    })
    await this.#settled(call)
    const after = endsOf(counters)
    const end = ENDS.find((name) => after[name] > before[name])
    const reason = [...counters.missReasons].find(([name, n]) => n > (reasons.get(name) ?? 0))?.[0]
    expectForetold(explanation, fails, end, reason)
  }

  /** Lets as much time pass as it takes, which is none unless somebody is waited for. */
  async #settled(work: Promise<unknown>): Promise<void> {
    let isSettled = false
    const ended = work.then(
      () => (isSettled = true),
      () => (isSettled = true),
    )
    for (let round = 0; round < 5 && !isSettled; round += 1) await turn()
    while (!isSettled) await this.redis.pass(50)
    await ended
    await turn()
  }
}

const ENDS = ['memory', 'redis', 'miss', 'stale', 'bypass', 'error'] as const

function endsOf(counters: JoinedEntry['cached']['context']['counters']): Record<End, number> {
  const { memoryHits, redisHits, misses, stale, bypassed, errors } = counters
  return {
    memory: memoryHits,
    redis: redisHits,
    miss: misses,
    stale,
    bypass: bypassed,
    error: errors,
  }
}

function ignore(): void {}

describe('explain()', () => {
  it('foretells what the next call is answered with, and why, with a Redis that comes and goes', async () => {
    const shared = fc.record({
      tags: fc.constantFrom(undefined, ['team']),
      consistency: fc.constantFrom('bounded' as const, 'strict' as const),
      tiers: fc.constantFrom(['memory', 'redis'] as const, ['redis'] as const),
    })
    await fc.assert(
      fc.asyncProperty(options, shared, deeds, async (own, more, history) => {
        const redis = new ModelRedis()
        const processes: [JoinedProcess, JoinedProcess] = [await redis.join(), await redis.join()]
        const { tags, ...others } = more
        const all = { ...own, ...others, ...(tags === undefined ? {} : { tags }) }
        const watched = new Watched(redis, processes, all)
        for (const deed of history) await watched.do(deed)
      }),
      { numRuns: 200 },
    )
  })

  it('foretells what the next call is answered with, in memory alone', async () => {
    await fc.assert(
      fc.asyncProperty(options, deeds, async (own, history) => {
        const { cache, clock, observer } = createTestCache({ defaults: own })
        const users = cache.weave(new Users())
        const handle = entryOf(users, 'name')
        const call = async (fails: boolean): Promise<void> => {
          users.fails = fails
          const explanation = await handle.explain('1')
          await users.name('1').catch(ignore)
          const event = observer.calls.at(-1)
          expectForetold(explanation, fails, event && endOf(event), event && reasonOf(event))
          await clock.advance(0)
        }
        const doings: Record<Deed['kind'], (deed: Deed) => Promise<unknown>> = {
          pass: (deed) => clock.advance('span' in deed ? deed.span : 0),
          call: () => call(false),
          'failing call': () => call(true),
          'call in a unit': () => cache.unitOfWork(() => call(false)),
          'call in a unit that evicts': () =>
            cache.unitOfWork(async () => {
              await handle.evict('1')
              await call(false)
            }),
          evict: () => handle.evict('1'),
          'evict elsewhere': () => handle.evictAll(),
          clear: () => cache.namespace('users').clear(),
          tag: () => cache.invalidateTags(['team']),
          expire: () => handle.put(['1'], 'put'),
          'read elsewhere': () => handle.refresh('1').catch(ignore),
          outage: () => cache.close(),
          recovery: async () => undefined,
        }
        for (const deed of history) {
          users.fails = false
          await doings[deed.kind](deed)
        }
        await cache.close()
      }),
      { numRuns: 200 },
    )
  })

  it('keyOf: without Redis is a text that holds the arguments, one for each key', () => {
    const { cache } = createTestCache()
    const entry = entryOf(cache.weave(new Users()), 'name')
    expect(entry.keyOf('some id')).to.include('some id').and.equal(entry.keyOf('some id'))
    expect(entry.keyOf('other id')).not.to.equal(entry.keyOf('some id'))
  })

  it('says which callback let a call bypass the cache, and warns of nothing', async () => {
    const { cache, observer } = createTestCache()
    const users = cache.weave(new Users())
    const explained = async (name: 'picky' | 'scoped' | 'keyed' | 'taken'): Promise<unknown> =>
      (await entryOf(users, name).explain('1')).reason
    expect(await explained('picky')).to.equal('condition')
    expect(await explained('scoped')).to.equal('no-scope')
    expect(await explained('keyed')).to.equal('no-key')
    expect(await entryOf(users, 'taken').explain(ignore)).to.include({
      source: 'bypass',
      reason: 'no-key',
    })
    expect(entryOf(users, 'taken').keyOf(ignore)).to.equal(undefined)
    expect(entryOf(users, 'taken').peek(ignore)).to.equal(undefined)
    expect(cache.stats().warnings).to.deep.equal({})
    expect(observer.warnings).to.deep.equal([])
    await cache.close()
    expect((await entryOf(users, 'name').explain('1')).reason).to.equal('closed')
  })

  it('says evicted of what was evicted, and what took it away when it is there again', async () => {
    const { cache } = createTestCache()
    const users = cache.weave(new Users())
    const handle = entryOf(users, 'name')
    expect(await handle.explain('1')).to.include({ source: 'load', reason: 'cold' })
    await users.name('1')
    await handle.evict('1')
    expect(await handle.explain('1')).to.include({ source: 'load', reason: 'evicted' })
    await users.name('1')
    expect(await handle.explain('1')).to.include({ source: 'memory', lastMiss: 'evicted' })
    await cache.close()
  })

  it('says of a method that is paused after a failure what stands in for it, as long as it may', async () => {
    const defaults = { ttl: '1s', staleIfError: '9s', errorBackoff: '20s', jitter: 0 } as const
    const { cache, clock } = createTestCache({ defaults })
    const users = cache.weave(new Users())
    const handle = entryOf(users, 'name')
    const failing = async (): Promise<void> => {
      users.fails = true
      await users.name('1').catch(ignore)
    }
    await failing()
    expect(await handle.explain('1')).to.include({ source: 'error', reason: 'load-failed' })
    await clock.advance(20_000)
    users.fails = false
    await users.name('1')
    await clock.advance(5_000)
    await failing()
    expect(await handle.explain('1')).to.include({ source: 'stale', reason: 'load-failed' })
    await clock.advance(5_000)
    expect(await handle.explain('1')).to.include({ source: 'error', reason: 'load-failed' })
    await cache.close()
  })

  it('finds nothing by hand in what is stale, which a call would be answered with', async () => {
    const redis = new ModelRedis()
    const [here, there] = [await redis.join(), await redis.join()]
    const own = { ttl: 1_000, staleWhileRevalidate: 60_000 } as const
    await there.entry(own).read('1', returning('old'))
    await redis.pass(2_000)
    const entry = here.entry(own)
    expect(await entry.lookUp('1')).to.equal(undefined)
    const explanation = await explain(entry.cached, entry.key('1'), undefined)
    expect(explanation).to.include({ source: 'stale', reason: 'expired', freshFor: -1_000 })
  })

  it('I4: counts as fresh in an outage only the time in which memory is trusted', async () => {
    const redis = new ModelRedis()
    const here = await redis.join()
    const entry = here.entry({ ttl: 60_000 })
    await entry.read('1', returning('loaded'))
    await turn()
    for (const network of [here.network, here.logNetwork]) network.isDown = true
    await redis.pass(1_900)
    await entry.cached.beginPut(entry.key('2'), undefined)
    await entry.read('2', returning('late'))
    await redis.pass(1_500)
    const explanation = await explain(entry.cached, entry.key('2'), undefined)
    expect(explanation).to.include({ source: 'memory', freshFor: 500 })
    await redis.pass(499)
    expect((await explain(entry.cached, entry.key('2'), undefined)).freshFor).to.equal(1)
  })
})

function endOf(event: CallEvent): End {
  return event.outcome === 'hit' ? event.tier : event.outcome
}

function reasonOf(event: CallEvent): string | undefined {
  return event.outcome === 'miss' ? event.reason : undefined
}

@CacheConfig({ namespace: 'users' })
class Users {
  fails = false

  @Cached({ tags: ['team'] })
  async name(_id: string): Promise<string> {
    if (this.fails) throw new Error('the method failed')
    return 'loaded'
  }

  @Cached({ condition: () => false })
  async picky(id: string): Promise<string> {
    return id
  }

  @Cached({ scope: () => undefined })
  async scoped(id: string): Promise<string> {
    return id
  }

  @Cached({
    key: () => {
      throw new Error('no key')
    },
  })
  async keyed(id: string): Promise<string> {
    return id
  }

  @Cached()
  async taken(_callback: unknown): Promise<string> {
    return 'taken'
  }
}
