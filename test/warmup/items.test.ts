import { expect } from 'chai'

import { CacheConfigurationError } from '../../src/errors.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { gate } from '../support/gate.js'
import { warmable } from './warmable.js'

const none = (): object[] => []

describe('WarmupRunner.add', () => {
  it('loads items without a method, under their names and by priority, in every run', async () => {
    const { cache } = warmable()
    const order: string[] = []
    const item = (key: string) => ({
      key,
      load: async () => {
        order.push(key)
        return `value of ${key}`
      },
    })
    const runner = new WarmupRunner(cache, none)
    runner.add([item('a'), { ...item('b'), priority: 1, name: 'first' }])
    runner.add(new Set([{ ...item('c'), namespace: 'rates', ttl: '1m' as const }]))
    const report = await runner.run({ concurrency: 1 })
    expect(order).to.deep.equal(['b', 'a', 'c'])
    expect(report.tasks.map(({ name, warmed }) => [name, warmed])).to.deep.equal([
      ['first', 1],
      ['default', 1],
      ['rates', 1],
    ])
    expect(await cache.get('a')).to.equal('value of a')
    expect(await cache.namespace('rates').ttl('c')).to.be.within(50_000, 60_000)
    expect(await runner.run()).to.deep.include({ warmed: 0, skipped: 3 })
    expect(order).to.have.length(3)
    expect(await runner.run({ refresh: true })).to.deep.include({ warmed: 3 })
    expect(order).to.have.length(6)
  })

  it('keeps items of one name together, also when they come one after another', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, none)
    for (const key of [1, 2, 3]) runner.add([{ key, load: async () => key }])
    const { tasks } = await runner.run()
    expect(tasks.map(({ name, warmed }) => [name, warmed])).to.deep.equal([['default', 3]])
  })

  it('keeps scopes and tags', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, none)
    runner.add([{ key: 1, load: async () => 'one', scope: 'tenant', tags: ['numbers'] }])
    await runner.run()
    expect(await cache.get(1)).to.equal(undefined)
    expect(await cache.namespace('default').get(1, { scope: 'tenant' })).to.equal('one')
    await cache.invalidateTags(['numbers'])
    expect(await cache.namespace('default').get(1, { scope: 'tenant' })).to.equal(undefined)
  })

  it('makes readiness wait for critical items', async () => {
    const { cache } = warmable()
    const door = gate()
    const runner = new WarmupRunner(cache, none)
    runner.add([
      { key: 1, load: () => door.wait(), critical: true },
      { key: 2, load: async () => 2 },
    ])
    const running = runner.run()
    await door.reached
    expect(runner.isReady).to.equal(false)
    door.open()
    await runner.ready
    await running
  })

  it('refuses what is not an item, names what is wrong, and then adds none', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, none)
    const load = async (): Promise<number> => 1
    const wrong = [
      [{ key: 1 }, 'load'],
      [{ load }, 'key'],
      [{ key: [() => 1], load }, 'key'],
      [{ key: 1, load, ttl: 'soon' }, 'ttl'],
      [{ key: 1, load, tags: ['', 'a'] }, 'tags'],
      [{ key: 1, load, priority: Number.NaN }, 'priority'],
      [{ key: 1, load, every: '5m' }, 'every'],
    ] as const
    for (const [item, option] of wrong) {
      const items = [{ key: 2, load }, item] as never
      expect(() => runner.add(items)).to.throw(
        CacheConfigurationError,
        `WarmupRunner.add: ${option}`,
      )
      const error = await runner.warmKey(item as never).catch((thrown: unknown) => thrown)
      expect(String(error)).to.include(`WarmupRunner.warmKey: ${option}`)
    }
    expect((await runner.run()).tasks).to.deep.equal([])
  })
})

describe('WarmupRunner.warmKey', () => {
  it('says whether it was loaded, was there, or failed', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, none)
    let loads = 0
    const item = { key: ['rate', 'EUR'], ttl: '1m', load: async () => ++loads } as const
    expect(await runner.warmKey(item)).to.deep.equal({ outcome: 'warmed', duration: 0 })
    expect(await runner.warmKey(item)).to.deep.equal({
      outcome: 'skipped',
      reason: 'fresh',
      duration: 0,
    })
    expect(await cache.get(['rate', 'EUR'])).to.equal(1)
    const failing = { key: 2, load: () => Promise.reject(new RangeError('secret')) }
    expect(await runner.warmKey(failing)).to.deep.equal({
      outcome: 'failed',
      failure: { reason: 'load', error: 'RangeError', code: undefined },
      duration: 0,
    })
  })

  it('I12: a refresh is not stored when the key was deleted meanwhile', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, none)
    const door = gate()
    let version = 1
    let isHeld = false
    const load = async (): Promise<number> => {
      const read = version
      if (isHeld) await door.wait()
      return read
    }
    runner.add([{ key: 'k', load }])
    await runner.run()
    isHeld = true
    const running = runner.run({ refresh: true })
    await door.reached
    version = 2
    await cache.delete('k')
    door.open()
    await running
    expect([undefined, 2]).to.include(await cache.get('k'))
  })

  it('leaves what is stored when a refresh fails', async () => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, none)
    let isDown = false
    const load = async (): Promise<string> => {
      if (isDown) throw new Error()
      return 'good'
    }
    runner.add([{ key: 'k', load }])
    await runner.run()
    isDown = true
    expect(await runner.run({ refresh: true })).to.deep.include({ failed: 1 })
    expect(await cache.get('k')).to.equal('good')
  })
})
