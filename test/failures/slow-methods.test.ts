import { getEventListeners } from 'node:events'

import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { CacheLoadRejectedError, CacheLoadTimeoutError } from '../../src/errors.js'
import type { EntryOptions } from '../../src/options/entry-options.js'
import { FakeClock } from '../../src/testing/fake-clock.js'
import { Row } from '../coherence/row.js'
import { failureOf } from '../support/failure-of.js'
import { gate } from '../support/gate.js'

describe('A method that fails its callers', () => {
  const made = (defaults: EntryOptions = {}) => {
    const clock = new FakeClock()
    const cache = createCache({ clock, defaults: { jitter: 0, ...defaults } })
    return { clock, cache, rows: cache.namespace('rows') }
  }

  it('F36: returns 64 MB: its caller gets it, and nothing of it is kept', async () => {
    const { cache, rows } = made()
    const huge = 'x'.repeat(64 * 1_048_576)
    const load = async (): Promise<string> => huge
    expect((await rows.getOrLoad(1, load)) === huge).to.equal(true)
    expect(await rows.has(1)).to.equal(false)
    expect(cache.stats().total.refusedValues).to.equal(1)
    expect(cache.stats().memory.bytes).to.equal(0)
  })

  it('F36: returns more than memory may take: its caller gets it, and the rest stays', async () => {
    const cache = createCache({ memory: { maxBytes: 100_000 } })
    await cache.set('small', 1)
    const large = 'x'.repeat(200_000)
    expect(await cache.getOrLoad('large', async () => large)).to.equal(large)
    expect(await cache.has('large')).to.equal(false)
    expect(await cache.get('small')).to.equal(1)
    expect(cache.stats().memory.bytes).to.be.below(100_000)
  })

  it('F45: is called once when its hot key expires under 5,000 callers', async () => {
    const { clock, rows } = made({ ttl: '10s' })
    const row = new Row()
    await rows.getOrLoad('hot', row.load)
    await clock.advance(10_001)
    row.version = 2
    const reads = Array.from({ length: 5_000 }, () => rows.getOrLoad('hot', row.load))
    expect(new Set(await Promise.all(reads))).to.deep.equal(new Set([2]))
    expect(row.loads).to.equal(2)
  })

  it('F45: keeps nobody waiting with staleWhileRevalidate, and is called once', async () => {
    const { clock, rows } = made({ ttl: '10s', staleWhileRevalidate: '1m' })
    const row = new Row()
    await rows.getOrLoad('hot', row.load)
    await clock.advance(10_001)
    row.version = 2
    const held = row.hold()
    const reads = Array.from({ length: 5_000 }, () => rows.getOrLoad('hot', row.load))
    expect(new Set(await Promise.all(reads))).to.deep.equal(new Set([1]))
    await held.reached
    held.open()
    await new Promise(setImmediate)
    expect(await rows.getOrLoad('hot', row.load)).to.equal(2)
    expect(row.loads).to.equal(2)
  })

  it('F45: has what was stored together expire apart, by the jitter', async () => {
    const { rows } = made({ ttl: '100s', jitter: 0.1 })
    const ids = Array.from({ length: 1_000 }, (_, id) => id)
    await Promise.all(ids.map((id) => rows.getOrLoad(id, async () => id)))
    const lives = await Promise.all(ids.map(async (id) => (await rows.ttl(id)) ?? 0))
    const bySecond = new Map<number, number>()
    for (const life of lives) {
      const second = Math.floor(life / 1_000)
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1)
    }
    expect(Math.max(...lives)).to.be.at.most(100_000)
    expect(Math.max(...bySecond.values())).to.be.below(300)
  })

  it('F49: hangs for ever: its callers are let go, the slot is free, and its late result is dropped', async () => {
    const { clock, rows } = made({ timeout: { hard: '30s' } })
    const row = new Row()
    const held = row.hold()
    const callers = [1, 2, 3].map(() =>
      rows.getOrLoad(1, row.load).catch((error: unknown) => error),
    )
    await held.reached
    await clock.advance(30_000)
    for (const error of await Promise.all(callers))
      expect(error).to.be.instanceOf(CacheLoadTimeoutError)
    row.version = 2
    expect(await rows.getOrLoad(1, row.load)).to.equal(2)
    held.open()
    await new Promise(setImmediate)
    expect(await rows.getOrLoad(1, row.load)).to.equal(2)
    expect(row.loads).to.equal(2)
  })

  it('F49: hangs for ever under `concurrency`: other keys get its slot, and who waited too long is not loaded', async () => {
    const { clock, rows } = made({ concurrency: 1, timeout: { hard: '1s' } })
    const [hanging, waiting] = [new Row(), new Row()]
    const held = hanging.hold()
    const errors = [hanging, waiting].map(({ load }, key) =>
      rows.getOrLoad(key, load).catch((error: unknown) => error),
    )
    await held.reached
    await clock.advance(1_000)
    for (const error of await Promise.all(errors))
      expect(error).to.be.instanceOf(CacheLoadTimeoutError)
    expect(await rows.getOrLoad(2, new Row().load)).to.equal(1)
    expect(waiting.loads).to.equal(0)
    held.open()
    await new Promise(setImmediate)
    expect(await rows.getOrLoad(1, waiting.load)).to.equal(1)
  })

  it('F49: takes too long: with a stale result, callers get that after the soft timeout', async () => {
    const options = {
      ttl: '10s',
      staleIfError: '1h',
      timeout: { soft: '100ms', hard: '5s' },
    } as const
    const { clock, rows } = made(options)
    const row = new Row()
    await rows.getOrLoad(1, row.load)
    await clock.advance(10_001)
    row.version = 2
    const held = row.hold()
    const call = rows.getOrLoad(1, row.load)
    await held.reached
    await clock.advance(100)
    expect(await call).to.equal(1)
    held.open()
    await new Promise(setImmediate)
    expect(await rows.getOrLoad(1, row.load)).to.equal(2)
  })

  it('throws: staleIfError answers up to its age and no longer, and errorBackoff spares the method', async () => {
    const options = { ttl: '10s', staleIfError: '1m', errorBackoff: '5s' } as const
    const { clock, rows } = made(options)
    await rows.getOrLoad(1, async () => 'old')
    let calls = 0
    const fail = async (): Promise<string> => {
      calls += 1
      throw new RangeError('no database')
    }
    await clock.advance(10_001)
    for (let call = 0; call < 10; call += 1) expect(await rows.getOrLoad(1, fail)).to.equal('old')
    expect(calls).to.equal(1)
    await clock.advance(60_000)
    const error = await rows.getOrLoad(1, fail).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(RangeError)
  })

  it('is slow: no more than `concurrency` run and `queue` wait, and the others are refused', async () => {
    const { rows } = made({ concurrency: 2, queue: 3 })
    const stop = gate()
    let running = 0
    const slow = async (): Promise<number> => {
      running += 1
      await stop.wait()
      return 1
    }
    const calls = Array.from({ length: 10 }, (_, id) =>
      rows.getOrLoad(id, slow).catch((error: unknown) => error),
    )
    await stop.reached
    await new Promise(setImmediate)
    expect(running).to.equal(2)
    stop.open()
    const results = await Promise.all(calls)
    expect(results.filter((result) => result === 1)).to.have.lengthOf(5)
    expect(results.filter((error) => error instanceof CacheLoadRejectedError)).to.have.lengthOf(5)
  })

  it('is not called for want of a slot: `errorBackoff` takes that for no failure of its own', async () => {
    const { rows } = made({ concurrency: 1, queue: 1, errorBackoff: '10s', staleIfError: '1m' })
    const stop = gate()
    const slow = async (): Promise<number> => {
      await stop.wait()
      return 1
    }
    const calls = [rows.getOrLoad('runs', slow), rows.getOrLoad('waits', slow)]
    await stop.reached
    expect(await failureOf(rows.getOrLoad('refused', slow))).to.be.instanceOf(
      CacheLoadRejectedError,
    )
    stop.open()
    expect(await Promise.all(calls)).to.deep.equal([1, 1])
    expect(await rows.getOrLoad('refused', slow)).to.equal(1)
  })

  it('is no longer wanted: a signal ends the wait of one caller, and the load goes on', async () => {
    const { rows } = made()
    const row = new Row()
    const held = row.hold()
    const controller = new AbortController()
    const { signal } = controller
    const impatient = rows.getOrLoad(1, row.load, { signal }).catch((error: unknown) => error)
    const patient = rows.getOrLoad(1, row.load)
    await held.reached
    const reason = new Error('gone')
    controller.abort(reason)
    expect(await impatient).to.equal(reason)
    held.open()
    expect(await patient).to.equal(1)
    expect(row.loads).to.equal(1)
    expect(getEventListeners(signal, 'abort')).to.be.empty
    const before = await rows.getOrLoad(2, row.load, { signal }).catch((error: unknown) => error)
    expect(before).to.equal(reason)
  })

  for (const pause of [false, true]) {
    const rest = pause ? 'after a pause' : 'before its first await'

    it(`F50: calls itself ${rest}, and does not wait for itself`, async () => {
      const { rows } = made()
      let depth = 0
      const direct = async (): Promise<string> => {
        if (pause) await new Promise(setImmediate)
        depth += 1
        return depth === 1 ? `outer ${await rows.getOrLoad('A', direct)}` : 'inner'
      }
      expect(await rows.getOrLoad('A', direct)).to.equal('outer inner')
    })

    it(`F50: calls itself ${rest} by way of two others, and does not wait for itself`, async () => {
      const { cache, rows } = made()
      let visits = 0
      const first = async (): Promise<string> => {
        if (pause) await new Promise(setImmediate)
        visits += 1
        return visits === 1 ? `A(${await rows.getOrLoad('B', second)})` : 'again'
      }
      const second = async (): Promise<string> => `B(${await rows.getOrLoad('C', third)})`
      const third = async (): Promise<string> => `C(${await rows.getOrLoad('A', first)})`
      expect(await rows.getOrLoad('A', first)).to.equal('A(B(C(again)))')
      expect(await rows.getOrLoad('A', first)).to.equal('A(B(C(again)))')
      expect(visits).to.equal(2)
      expect(cache.stats().background.running).to.equal(0)
    })
  }
})
