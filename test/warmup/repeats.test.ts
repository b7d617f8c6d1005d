import { AsyncLocalStorage } from 'node:async_hooks'

import { expect } from 'chai'
import sinon from 'sinon'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { Warm } from '../../src/decorators/warm.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { HeldLoads } from './held-loads.js'
import { ids, serviceWith, warmable } from './warmable.js'

const MINUTE = 60_000

describe('a @Warm that is repeated', () => {
  it('is refreshed `every` so often after a run, fresh or not', async () => {
    const { cache, clock } = warmable()
    let version = 1
    const service = serviceWith({ arguments: ids('', 2), every: '30m' }, async (id) => {
      return `${id} in version ${version}`
    })
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    version = 2
    await clock.advance(30 * MINUTE - 1)
    expect(await service.profile('1')).to.equal('1 in version 1')
    await clock.advance(1)
    expect(await service.profile('1')).to.equal('1 in version 2')
    expect(service.calls).to.deep.equal(['1', '2', '1', '2'])
    await clock.advance(30 * MINUTE)
    expect(service.calls).to.have.length(6)
    const [state] = runner.schedules
    expect(state).to.deep.include({ name: 'users', runs: 2, overlapped: 0, nextIn: 30 * MINUTE })
    expect(state?.last).to.deep.include({ warmed: 2, skipped: 0, isComplete: true })
  })

  it('asks for its arguments anew each time', async () => {
    const { cache, clock } = warmable()
    let count = 1
    const service = serviceWith({ arguments: () => ids('', count), every: '1m' })
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    count = 2
    await clock.advance(MINUTE)
    expect(service.calls).to.deep.equal(['1', '1', '2'])
  })

  it('is not repeated with `repeat: false`, nor without a schedule', async () => {
    const { cache, clock } = warmable()
    const services = [
      serviceWith({ arguments: ids('', 1), every: '1m' }),
      serviceWith({ arguments: ids('', 1) }, undefined, { name: 'once' }),
    ]
    const runner = new WarmupRunner(cache, () => services)
    await runner.run({ repeat: false })
    expect(clock.pending).to.equal(0)
    await runner.run()
    expect(clock.pending).to.equal(1)
    expect(runner.schedules.map(({ name }) => name)).to.deep.equal(['users'])
  })

  it('ends with an instance that another one has replaced', async () => {
    const { cache, clock } = warmable()
    @CacheConfig({ namespace: 'rates' })
    class RateService {
      readonly calls: string[] = []

      @Warm({ arguments: [['EUR']], every: '1m' })
      @Cached()
      async rate(currency: string): Promise<number> {
        this.calls.push(currency)
        return 1
      }
    }
    const [old, next] = [new RateService(), new RateService()]
    let current = old
    const runner = new WarmupRunner(cache, () => [current])
    await runner.run()
    current = next
    await runner.run()
    expect(clock.pending).to.equal(1)
    await clock.advance(MINUTE)
    expect([old.calls.length, next.calls.length]).to.deep.equal([1, 1])
  })

  it('begins by `start` as well, once, and without a run', async () => {
    for (const instances of ['list', 'promise'] as const) {
      const { cache, clock } = warmable()
      const service = serviceWith({ arguments: ids('', 1), every: '1m' })
      const runner = new WarmupRunner(cache, () =>
        instances === 'list' ? [service] : Promise.resolve([service]),
      )
      runner.start()
      runner.start()
      await clock.advance(0)
      expect(service.calls).to.deep.equal([])
      expect(clock.pending).to.equal(1)
      await runner.run()
      expect(clock.pending).to.equal(1)
      await clock.advance(MINUTE)
      expect(service.calls).to.have.length(2)
      await runner.stop()
      expect(clock.pending).to.equal(0)
    }
  })

  it('refuses a wrong cron expression where `start` is called', () => {
    const { cache } = warmable()
    const service = serviceWith({ arguments: ids('', 1), cron: 'soon' })
    const runner = new WarmupRunner(cache, () => [service])
    expect(() => runner.start()).to.throw('UserService.profile: cron')
  })

  it('counts from the end of a run that takes its time, and so never overlaps itself', async () => {
    const { cache, clock } = warmable()
    const loads = new HeldLoads()
    const service = serviceWith({ arguments: ids('', 1), every: '1m' }, loads.id)
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    const door = loads.hold()
    await clock.advance(MINUTE)
    await clock.advance(20_000)
    expect(runner.schedules[0]).to.deep.include({ runs: 1, nextIn: undefined })
    door.open()
    await clock.advance(0)
    expect(runner.schedules[0]).to.deep.include({ runs: 1, overlapped: 0, nextIn: MINUTE })
  })

  it('leaves out, and counts, a repeat that comes while it is running by hand', async () => {
    const { cache, clock } = warmable()
    const loads = new HeldLoads()
    const service = serviceWith({ arguments: ids('', 1), every: '1m' }, loads.id, {
      timeout: { hard: '1h' },
    })
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    const door = loads.hold()
    const byHand = runner.run({ refresh: true })
    await door.reached
    await clock.advance(2 * MINUTE)
    expect(runner.schedules[0]).to.deep.include({ runs: 0, overlapped: 2 })
    expect(service.calls).to.have.length(2)
    door.open()
    await byHand
    await clock.advance(MINUTE)
    expect(runner.schedules[0]).to.deep.include({ runs: 1, overlapped: 2 })
  })

  it('goes on after a run in which everything failed', async () => {
    const { cache, clock } = warmable()
    let isDown = false
    const list = (): [string][] => {
      if (isDown) throw new Error('no list')
      return ids('', 1)
    }
    const service = serviceWith({ arguments: list, every: '1m' })
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    isDown = true
    await clock.advance(MINUTE)
    expect(runner.schedules[0]?.last).to.deep.include({ failed: 1, isComplete: false })
    isDown = false
    await clock.advance(MINUTE)
    expect(runner.schedules[0]?.last).to.deep.include({ warmed: 1, isComplete: true })
  })

  it('serves what is stored while it is refreshed', async () => {
    const { cache, clock } = warmable()
    const loads = new HeldLoads()
    const service = serviceWith({ arguments: ids('', 1), every: '1m' }, loads.versionRead)
    await new WarmupRunner(cache, () => [service]).run()
    const door = loads.hold()
    loads.version = 2
    await clock.advance(MINUTE)
    await door.reached
    expect(await service.profile('1')).to.equal('version 1')
    door.open()
    await clock.advance(0)
    expect(await service.profile('1')).to.equal('version 2')
  })

  it('I12: does not keep what was evicted while it was refreshed', async () => {
    const { cache, clock } = warmable()
    const loads = new HeldLoads()
    const service = serviceWith({ arguments: ids('', 1), every: '1m' }, loads.versionRead)
    await new WarmupRunner(cache, () => [service]).run()
    const door = loads.hold()
    await clock.advance(MINUTE)
    await door.reached
    loads.version = 2
    await cache.entryOf(service, 'profile').evict('1')
    door.open()
    await clock.advance(0)
    expect(await service.profile('1')).to.equal('version 2')
  })

  it('shares one bound with what is due at the same time', async () => {
    const { cache, clock } = warmable()
    const loads = new HeldLoads()
    const services = ['a', 'b', 'c'].map((name) =>
      serviceWith({ arguments: ids(name, 6), every: '1m' }, loads.id, { name }),
    )
    const runner = new WarmupRunner(cache, () => services)
    await runner.run()
    const door = loads.hold()
    await clock.advance(MINUTE)
    expect(door.waiting).to.equal(8)
    door.open()
    await clock.advance(0)
    expect(runner.schedules.map(({ last }) => last?.warmed)).to.deep.equal([6, 6, 6])
  })

  it('is stopped without a timer left, in the middle of a run, and with the cache', async () => {
    for (const how of ['stop', 'close'] as const) {
      const { cache, clock, closing } = warmable()
      const loads = new HeldLoads()
      const service = serviceWith(
        { arguments: ids('', 9), every: '1m', concurrency: 1 },
        loads.id,
        { timeout: { hard: Number.POSITIVE_INFINITY } },
      )
      const runner = new WarmupRunner(cache, () => [service])
      await runner.run()
      const door = loads.hold()
      await clock.advance(MINUTE)
      await door.reached
      if (how === 'stop') await runner.stop()
      else await Promise.all(closing.map((close) => close()))
      door.open()
      await clock.advance(10 * MINUTE)
      expect(service.calls).to.have.length(10)
      expect(clock.pending).to.equal(0)
      runner.start()
      expect(clock.pending).to.equal(how === 'stop' ? 1 : 0)
    }
  })

  it('S13: runs in the context of no caller', async () => {
    const { cache, clock } = warmable()
    const tenants = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    const service = serviceWith({ arguments: ids('', 1), every: '1m' }, async (id) => {
      seen.push(tenants.getStore())
      return id
    })
    const runner = new WarmupRunner(cache, () => [service])
    await tenants.run('a tenant', async () => {
      await runner.run()
      await clock.advance(MINUTE)
    })
    expect(seen).to.deep.equal(['a tenant', undefined])
  })

  it('S13: keeps apart the contexts of runs that share a bound', async () => {
    const { cache, clock } = warmable()
    const tenants = new AsyncLocalStorage<string>()
    const seen: string[] = []
    let tick = 0
    const service = serviceWith({ arguments: () => ids(`${++tick}.`, 40) }, async (id) => {
      seen.push(`${tenants.getStore()} ${id.split('.')[0]}`)
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
      return id
    })
    const runner = new WarmupRunner(cache, () => [service])
    const runs = ['a', 'b'].map((tenant) => tenants.run(tenant, () => runner.run()))
    await Promise.all(runs)
    await clock.advance(0)
    expect(new Set(seen)).to.deep.equal(new Set(['a 1', 'b 2']))
  })

  it('follows a cron expression, by the wall clock, and leaves out what would overlap', async () => {
    const wall = sinon.useFakeTimers({ now: new Date(2030, 0, 1, 12, 3), toFake: ['Date'] })
    try {
      const { cache, clock } = warmable()
      const advance = async (milliseconds: number): Promise<void> => {
        wall.tick(milliseconds)
        await clock.advance(milliseconds)
      }
      const loads = new HeldLoads()
      const service = serviceWith({ arguments: ids('', 1), cron: '*/5 * * * *' }, loads.id, {
        timeout: { hard: '1h' },
      })
      const runner = new WarmupRunner(cache, () => [service])
      await runner.run()
      expect(runner.schedules[0]?.nextIn).to.equal(2 * MINUTE)
      await advance(2 * MINUTE)
      expect(service.calls).to.have.length(2)
      const door = loads.hold()
      await advance(5 * MINUTE)
      await advance(5 * MINUTE)
      await advance(5 * MINUTE)
      expect(runner.schedules[0]).to.deep.include({ runs: 2, overlapped: 2 })
      expect(service.calls).to.have.length(3)
      door.open()
      await advance(5 * MINUTE)
      expect(runner.schedules[0]).to.deep.include({ runs: 3, overlapped: 2 })
      await runner.stop()
      expect(clock.pending).to.equal(0)
    } finally {
      wall.restore()
    }
  })
})
