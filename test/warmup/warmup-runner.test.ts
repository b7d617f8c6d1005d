import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { CacheConfigurationError } from '../../src/errors.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { Warm } from '../../src/decorators/warm.js'
import type { WarmOptions } from '../../src/options/warm-options.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { HeldLoads } from './held-loads.js'
import { ids, serviceWith, warmable } from './warmable.js'

const FORMS: Record<string, WarmOptions<[id: string]>['arguments']> = {
  'a list': [['1'], ['2'], ['3']],
  'a set': new Set([['1'] as [string], ['2'] as [string], ['3'] as [string]]),
  'an async iterable': {
    async *[Symbol.asyncIterator]() {
      yield* ids('', 3)
    },
  },
  'a function that returns a list': () => ids('', 3),
  'a function that returns a promise of a list': async () => ids('', 3),
  'a generator function': function* () {
    yield* ids('', 3)
  },
  'an async generator function': async function* () {
    yield* ids('', 3)
  },
}

describe('WarmupRunner.run', () => {
  for (const [form, source] of Object.entries(FORMS)) {
    it(`loads what the arguments say, given as ${form}`, async () => {
      const { cache } = warmable()
      const service = serviceWith({ arguments: source })
      const report = await new WarmupRunner(cache, () => [service]).run()
      expect(report).to.deep.include({ warmed: 3, skipped: 0, failed: 0, cut: undefined })
      expect(await service.profile('2')).to.equal('profile 2')
      expect(service.calls).to.deep.equal(['1', '2', '3'])
    })
  }

  it('hands the instance to the function that gives the arguments', async () => {
    const { cache } = warmable()
    @CacheConfig({ namespace: 'teams' })
    class TeamService {
      readonly favourites = ['red', 'blue']
      readonly calls: string[] = []

      @Warm({ arguments: (service: TeamService) => service.favourites.map((id) => [id]) })
      @Cached()
      async team(id: string): Promise<string> {
        this.calls.push(id)
        return id
      }
    }
    const service = new TeamService()
    const { tasks } = await new WarmupRunner(cache, () => [service]).run()
    expect(service.calls).to.deep.equal(['red', 'blue'])
    expect(tasks.map(({ name }) => name)).to.deep.equal(['TeamService.team'])
  })

  it('takes its instances from a list, an async iterable or a promise, and each one once', async () => {
    const service = serviceWith({ arguments: ids('', 2) })
    const forms = [
      () => [service, service],
      async () => new Set([service]),
      async function* () {
        yield service
        yield service
      },
    ]
    for (const instances of forms) {
      const { cache } = warmable()
      cache.weave(service)
      const report = await new WarmupRunner(cache, instances).run()
      expect(report.tasks).to.have.length(1)
      expect(report.warmed).to.equal(2)
      await cache.close()
    }
  })

  it('refuses what is no cache, and instances that are no function', async () => {
    const Runner = WarmupRunner as unknown as new (...given: unknown[]) => WarmupRunner
    expect(() => new Runner()).to.throw(CacheConfigurationError, 'cache: expected a cache')
    const cache = createCache()
    expect(() => new Runner(cache, [])).to.throw(
      CacheConfigurationError,
      'instances: expected a function',
    )
    await cache.close()
  })

  it('warms a cache that tells it nothing of its inside', async () => {
    const cache = createCache({ memory: { maxItems: 100 } })
    const service = serviceWith({ arguments: ids('', 2), every: '1h' })
    const runner = new WarmupRunner(cache, () => [service])
    expect(await runner.run()).to.deep.include({ warmed: 2 })
    expect(runner.schedules[0]?.nextIn).to.be.within(54 * 60_000, 66 * 60_000)
    await runner.stop()
    await cache.close()
  })

  it('leaves alone instances without @Warm, and warms nothing in a disabled cache', async () => {
    const { cache } = warmable({ enabled: false })
    const service = serviceWith({ arguments: ids('', 2) })
    const report = await new WarmupRunner(cache, () => [service, {}, new Date(0)]).run()
    expect(report.tasks).to.deep.equal([])
    expect(service.calls).to.deep.equal([])
  })

  it('lets an override hide the @Warm of the method that it overrides', async () => {
    const { cache } = warmable()
    @CacheConfig({ namespace: 'base' })
    class Base {
      readonly calls: string[] = []

      @Warm({ arguments: [['base']] })
      @Cached()
      async read(id: string): Promise<string> {
        this.calls.push(id)
        return id
      }
    }
    @CacheConfig({ namespace: 'derived' })
    class Derived extends Base {
      @Warm({ arguments: [['derived']] })
      @Cached()
      override async read(id: string): Promise<string> {
        return super.read(id)
      }
    }
    const service = new Derived()
    const report = await new WarmupRunner(cache, () => [service]).run()
    expect(service.calls).to.deep.equal(['derived'])
    expect(report.tasks.map(({ name }) => name)).to.deep.equal(['Derived.read'])
  })

  it('skips what is fresh, and with `refresh` loads it anew', async () => {
    const { cache, clock } = warmable()
    const service = serviceWith({ arguments: ids('', 2) })
    const runner = new WarmupRunner(cache, () => [service])
    await service.profile('9')
    cache.weave(service)
    await service.profile('1')
    expect(await runner.run()).to.deep.include({ warmed: 1, skipped: 1 })
    const { tasks } = await runner.run()
    expect(tasks[0]?.skips).to.deep.equal({ fresh: 2, elsewhere: 0, disabled: 0 })
    expect(service.calls).to.deep.equal(['9', '1', '2'])
    expect(await runner.run({ refresh: true })).to.deep.include({ warmed: 2, skipped: 0 })
    expect(service.calls).to.deep.equal(['9', '1', '2', '1', '2'])
    await clock.advance(3_600_000)
    expect(await runner.run()).to.deep.include({ warmed: 2, skipped: 0 })
  })

  it('I30: waits for what is stale to be loaded, so that its bound holds for it, too', async () => {
    const { cache, clock } = warmable()
    const loads = new HeldLoads()
    const service = serviceWith({ arguments: ids('', 6), concurrency: 2 }, loads.id, {
      staleWhileRevalidate: '1h',
    })
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    await clock.advance(3_600_000)
    const door = loads.hold()
    const running = runner.run()
    await door.reached
    await clock.advance(0)
    expect(door.waiting).to.equal(2)
    door.open()
    expect(await running).to.deep.include({ warmed: 6 })
    expect(service.calls).to.have.length(12)
  })

  it('loads once what live calls ask for meanwhile', async () => {
    const { cache } = warmable()
    const loads = new HeldLoads()
    const door = loads.hold()
    const service = serviceWith({ arguments: ids('', 3) }, loads.id)
    cache.weave(service)
    const early = service.profile('1')
    const running = new WarmupRunner(cache, () => [service]).run()
    await door.reached
    const late = [service.profile('2'), service.profile('3')]
    door.open()
    await Promise.all([running, early, ...late])
    expect(service.calls.toSorted()).to.deep.equal(['1', '2', '3'])
  })

  it('I12: does not keep what was evicted while it was loading', async () => {
    const { cache } = warmable()
    const loads = new HeldLoads()
    const door = loads.hold()
    const service = serviceWith({ arguments: ids('', 1) }, loads.versionRead)
    const running = new WarmupRunner(cache, () => [service]).run()
    await door.reached
    loads.version = 2
    await cache.entryOf(service, 'profile').evict('1')
    door.open()
    await running
    expect(await service.profile('1')).to.equal('version 2')
  })
})
