import { expect } from 'chai'
import fc from 'fast-check'

import { sleep } from '../../src/clock.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { Cached } from '../../src/decorators/cached.js'
import { entryOf } from '../../src/entry-handle.js'
import { createTestCache } from '../../src/testing/create-test-cache.js'
import type { FakeClock } from '../../src/testing/fake-clock.js'
import { seededRandom } from '../support/random.js'
import { expectAccount, expectBalance } from './balance.js'

/** Methods that do everything that a method may do to a cache. */
@CacheConfig({ namespace: 'odd' })
class Odd {
  readonly #clock: FakeClock
  readonly #random: () => number

  constructor(clock: FakeClock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  @Cached({ ttl: 50, staleWhileRevalidate: 100, staleIfError: 200, refreshAhead: 0.8 })
  async moody(id: string): Promise<unknown> {
    return this.#answer(id)
  }

  @Cached({ ttl: 50, timeout: { soft: 5, hard: 20 }, staleIfError: 500, errorBackoff: 30 })
  async hasty(id: string): Promise<unknown> {
    return this.#answer(id)
  }

  @Cached({
    concurrency: 1,
    queue: 1,
    condition: (id: string) => id !== 'b',
    unless: (_result: unknown, id: string) => id === 'c',
  })
  async picky(id: string): Promise<unknown> {
    return this.#answer(id)
  }

  @CachedMany({ entry: 'moody' })
  async many(ids: readonly string[]): Promise<unknown[]> {
    const answers = ids.map((id) => this.#answer(id))
    return Promise.all(answers)
  }

  async #answer(id: string): Promise<unknown> {
    const dice = this.#random()
    if (dice < 0.3) await sleep(this.#clock, dice * 100)
    if (dice > 0.7 && dice < 0.8) throw new Error('moody')
    // A function cannot be stored, so nobody but the caller whose method made it may have it.
    return dice > 0.9 ? { id, run: () => id } : { id }
  }
}

type Step = 'moody' | 'hasty' | 'picky' | 'many' | 'unit' | 'hand' | 'unkeyable' | 'evict' | 'wait'

const STEPS: readonly Step[] = [
  'moody',
  'moody',
  'hasty',
  'hasty',
  'picky',
  'many',
  'unit',
  'hand',
  'unkeyable',
  'evict',
  'wait',
  'wait',
]

const schedules = fc.record({
  seed: fc.integer(),
  steps: fc.array(
    fc.record({ step: fc.constantFrom(...STEPS), id: fc.constantFrom('a', 'b', 'c') }),
    { minLength: 40, maxLength: 200, size: 'max' },
  ),
  closesAfter: fc.nat({ max: 300 }),
})

describe('the counters of a cache', function () {
  this.timeout(60_000)

  it('I28: add up to the calls, at every moment, whatever methods, callers and time do', async () => {
    const ends = new Set<string>()
    await fc.assert(
      fc.asyncProperty(schedules, async ({ seed, steps, closesAfter }) => {
        const { cache, clock, observer } = createTestCache({ memory: { maxItems: 2 } })
        const odd = cache.weave(new Odd(clock, seededRandom(seed)))
        const running: Promise<unknown>[] = []
        let calls = 0
        const call = (begun: number, promise: Promise<unknown>): void => {
          calls += begun
          running.push(promise.catch(() => undefined))
        }
        const perform: Readonly<Record<Step, (id: string) => void | Promise<unknown>>> = {
          moody: (id) => call(1, odd.moody(id)),
          hasty: (id) => call(1, odd.hasty(id)),
          picky: (id) => call(1, odd.picky(id)),
          many: (id) => call(3, odd.many([id, 'a', 'b'])),
          unit: (id) =>
            call(
              1,
              cache.unitOfWork(() => odd.moody(id)),
            ),
          hand: (id) => call(1, cache.get(id)),
          unkeyable: () => call(1, odd.moody(Symbol('id') as never)),
          evict: (id) => entryOf(odd, 'moody').evict(id),
          wait: (id) => clock.advance(id === 'a' ? 7 : 40),
        }
        for (const [index, { step, id }] of steps.entries()) {
          if (index === closesAfter) running.push(cache.close())
          await perform[step](id)
          expectBalance(cache.stats())
        }
        await clock.advance(60_000)
        await Promise.all(running)
        expectAccount(cache.stats(), calls, observer.calls)
        for (const { outcome } of observer.calls) ends.add(outcome)
        await cache.close()
      }),
      { numRuns: 60 },
    )
    expect([...ends]).to.have.members(['hit', 'miss', 'stale', 'bypass', 'error'])
  })

  it('I28: count a method that waits for itself as often as it was called', async () => {
    const { cache, observer } = createTestCache()
    let depth = 0
    const nested = async (): Promise<unknown> => {
      depth += 1
      return depth > 3 ? 'deep enough' : cache.getOrLoad('own', nested)
    }
    expect(await cache.getOrLoad('own', nested)).to.equal('deep enough')
    expectAccount(cache.stats(), 4, observer.calls)
    await cache.close()
  })
})
