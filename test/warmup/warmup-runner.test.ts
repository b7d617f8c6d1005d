import { expect } from 'chai'

import { createCache } from '../../src/create-cache.js'
import { CacheConfig } from '../../src/decorators/cache-config.js'
import { Cached } from '../../src/decorators/cached.js'
import { Warm } from '../../src/decorators/warm.js'
import { CacheConfigurationError, CacheWeavingError } from '../../src/errors.js'
import type { WarmOptions } from '../../src/options/warm-options.js'
import type { WarmupProgress } from '../../src/warmup/warmup-report.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { gate } from '../support/gate.js'
import { ids, serviceWith, type TestService, warmable } from './warmable.js'

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
    const door = gate()
    let isHeld = false
    const load = async (id: string): Promise<string> => {
      if (isHeld) await door.wait()
      return id
    }
    const service = serviceWith({ arguments: ids('', 6), concurrency: 2 }, load, {
      staleWhileRevalidate: '1h',
    })
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    await clock.advance(3_600_000)
    isHeld = true
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
    const door = gate()
    const service = serviceWith({ arguments: ids('', 3) }, async (id) => {
      await door.wait()
      return id
    })
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
    const door = gate()
    let version = 1
    const service = serviceWith({ arguments: ids('', 1) }, async () => {
      const read = `version ${version}`
      await door.wait()
      return read
    })
    const running = new WarmupRunner(cache, () => [service]).run()
    await door.reached
    version = 2
    await cache.entryOf(service, 'profile').evict('1')
    door.open()
    await running
    expect(await service.profile('1')).to.equal('version 2')
  })
})

describe('WarmupRunner.run, when something fails', () => {
  it('I30: one failure stops nothing, and the report says which errors they were, and no more', async () => {
    const { cache } = warmable()
    const service = serviceWith({ arguments: ids('secret', 6) }, async (id) => {
      if (id === 'secret2') throw new TypeError(`no ${id}`)
      if (id === 'secret4') throw Object.assign(new Error(id), { code: 'ECONNREFUSED' })
      if (id === 'secret5') throw Object.assign(new Error(id), { code: `no ${id} here` })
      return id
    })
    const report = await new WarmupRunner(cache, () => [service]).run()
    expect(report).to.deep.include({ warmed: 3, failed: 3, cut: undefined })
    expect(report.tasks[0]?.isComplete).to.equal(true)
    expect(report.tasks[0]?.failures).to.deep.equal([
      { reason: 'load', error: 'TypeError', code: undefined, count: 1 },
      { reason: 'load', error: 'Error', code: 'ECONNREFUSED', count: 1 },
      { reason: 'load', error: 'Error', code: undefined, count: 1 },
    ])
    expect(JSON.stringify(report)).not.to.include('secret')
  })

  it('survives errors that are none, and tells twenty ways to fail apart', async () => {
    const { cache } = warmable()
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('touched')
        },
      },
    )
    const service = serviceWith({ arguments: ids('', 40) }, (id) => {
      if (id === '1') throw hostile
      if (id === '2') throw 'text'
      if (id === '3') throw null
      throw Object.assign(new Error(), { code: Number(id) })
    })
    const report = await new WarmupRunner(cache, () => [service]).run()
    expect(report.failed).to.equal(40)
    const failures = report.tasks[0]?.failures ?? []
    expect(failures).to.have.length(20)
    expect(failures.slice(0, 3).map(({ error }) => error)).to.deep.equal([
      undefined,
      'string',
      'object',
    ])
  })

  it('I30: a source that fails stops no other, and what it gave before is loaded', async () => {
    const { cache } = warmable()
    const sources: Record<string, WarmOptions<[id: string]>['arguments']> = {
      throws: () => {
        throw new RangeError()
      },
      rejects: () => Promise.reject(new RangeError()),
      breaks: function* () {
        yield ['1'] as [string]
        throw new RangeError()
      },
      breaksLater: async function* () {
        yield ['1'] as [string]
        throw new RangeError()
      },
      isNone: () => 5 as never,
      isNoneLater: async () => 5 as never,
      givesNone: { [Symbol.iterator]: () => ({ next: () => 5 }) } as never,
    }
    const failing = Object.entries(sources).map(([name, source]) =>
      serviceWith({ arguments: source, priority: 1 }, undefined, { name }),
    )
    const good = serviceWith({ arguments: ids('', 2) })
    const report = await new WarmupRunner(cache, () => [...failing, good]).run()
    expect(report).to.deep.include({ warmed: 4, failed: 7, cut: undefined })
    for (const task of report.tasks.slice(0, 7)) {
      expect(task.isComplete, task.name).to.equal(false)
      const error = /None/.test(task.name) ? 'TypeError' : 'RangeError'
      expect(task.failures, task.name).to.deep.equal([
        { reason: 'source', error, code: undefined, count: 1 },
      ])
    }
  })

  it('S13: does not run the method for what has no key, no scope or no argument list', async () => {
    const { cache } = warmable()
    const odd = serviceWith({ arguments: ['1', [() => 1], ['2']] as never })
    const scoped = serviceWith({ arguments: ids('', 1) }, undefined, {
      name: 'scoped',
      scope: () => undefined,
    })
    const report = await new WarmupRunner(cache, () => [odd, scoped]).run()
    expect(odd.calls).to.deep.equal(['2'])
    expect(scoped.calls).to.deep.equal([])
    const reasons = report.tasks.map(({ failures }) => failures.map(({ reason }) => reason))
    expect(reasons).to.deep.equal([['arguments', 'no-key'], ['no-scope']])
  })

  it('skips an entry that is not enabled', async () => {
    const { cache } = warmable({ namespaces: { users: { enabled: false } } })
    const service = serviceWith({ arguments: ids('', 2) })
    const { tasks } = await new WarmupRunner(cache, () => [service]).run()
    expect(tasks[0]?.skips.disabled).to.equal(2)
    expect(service.calls).to.deep.equal([])
  })

  it('gives up waiting for an item after its timeout; the load goes on and is stored', async () => {
    const { cache, clock } = warmable()
    const door = gate()
    const service = serviceWith({ arguments: ids('', 2), timeout: '2s' }, async (id) => {
      if (id === '1') await door.wait()
      return id
    })
    const running = new WarmupRunner(cache, () => [service]).run()
    await door.reached
    await clock.advance(2_000)
    const report = await running
    expect(report).to.deep.include({ warmed: 1, failed: 1, duration: 2_000 })
    expect(report.tasks[0]?.failures[0]?.reason).to.equal('timeout')
    door.open()
    expect(await service.profile('1')).to.equal('1')
    expect(service.calls).to.deep.equal(['1', '2'])
  })

  it('reports a load that ran into the hard timeout of its entry', async () => {
    const { cache, clock } = warmable()
    const door = gate()
    const service = serviceWith({ arguments: ids('', 1) }, () => door.wait().then(() => ''), {
      timeout: { hard: '5s' },
    })
    const running = new WarmupRunner(cache, () => [service]).run()
    await door.reached
    await clock.advance(5_000)
    expect((await running).tasks[0]?.failures).to.deep.equal([
      { reason: 'load', error: 'CacheLoadTimeoutError', code: 'CACHE_LOAD_TIMEOUT', count: 1 },
    ])
    door.open()
  })
})

describe('WarmupRunner.run, progress', () => {
  it('counts what is done, of what is known so far', async () => {
    const { cache } = warmable()
    const list = serviceWith({ arguments: ids('', 3), priority: 1 }, async (id) => {
      if (id === '2') throw new Error()
      return id
    })
    const stream = serviceWith(
      {
        arguments: function* () {
          yield* ids('', 2)
        },
      },
      undefined,
      { name: 'stream' },
    )
    const events: WarmupProgress[] = []
    await new WarmupRunner(cache, () => [list, stream]).run({
      concurrency: 1,
      onProgress: (event) => events.push(event),
    })
    expect(events).to.deep.equal([
      { done: 1, total: 3, name: 'users', outcome: 'warmed' },
      { done: 2, total: 3, name: 'users', outcome: 'failed' },
      { done: 3, total: 3, name: 'users', outcome: 'warmed' },
      { done: 4, total: 4, name: 'stream', outcome: 'warmed' },
      { done: 5, total: 5, name: 'stream', outcome: 'warmed' },
    ])
  })

  it('goes on when the listener throws or rejects, and says so once', async () => {
    const listeners: readonly ((progress: WarmupProgress) => unknown)[] = [
      () => {
        throw new Error('listener')
      },
      () => Promise.reject(new Error('listener')),
    ]
    for (const onProgress of listeners) {
      const warnings: unknown[] = []
      const { cache } = warmable({ observer: { onWarning: (event) => warnings.push(event) } })
      const service = serviceWith({ arguments: ids('', 3) })
      const report = await new WarmupRunner(cache, () => [service]).run({ onProgress })
      expect(report.warmed).to.equal(3)
      await new Promise(setImmediate)
      expect(warnings).to.have.length(1)
    }
  })
})

describe('WarmupRunner.run, refusals', () => {
  const refused = async (service: TestService | object, options = {}): Promise<unknown> => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, () => [service])
    return runner.run(options).catch((error: unknown) => error)
  }

  it('refuses options that do not exist or cannot be', async () => {
    for (const options of [
      { concurrency: 0 },
      { deadline: 0 },
      { signal: {} },
      { onProgress: 1 },
      { refresh: 'yes' },
      { repeat: 1 },
      { deadlines: '5s' },
    ]) {
      const error = await refused({}, options)
      expect(error, JSON.stringify(options)).to.be.instanceOf(CacheConfigurationError)
      expect(String(error)).to.include('WarmupRunner.run')
    }
  })

  it('refuses a cron expression that is none, or never comes, by the name of its method', async () => {
    for (const cron of ['every tuesday', '61 * * * *', '0 0 30 2 *']) {
      const service = serviceWith({ arguments: ids('', 1), cron })
      const error = await refused(service)
      expect(error).to.be.instanceOf(CacheConfigurationError)
      expect(String(error)).to.include('UserService.profile: cron')
      expect(service.calls).to.deep.equal([])
    }
  })

  it('refuses @Warm on a method that is not cached', async () => {
    class Plain {
      @Warm({ arguments: [[]] })
      async nothing(): Promise<void> {}

      @Cached()
      async something(): Promise<number> {
        return 1
      }
    }
    const error = await refused(new Plain())
    expect(error).to.be.instanceOf(CacheWeavingError)
    expect(String(error)).to.include('Plain.nothing')
  })

  it('rejects with what the instances reject with', async () => {
    const { cache } = warmable()
    const failure = new Error('no database')
    for (const instances of [
      () => Promise.reject(failure),
      () => {
        throw failure
      },
    ]) {
      const runner = new WarmupRunner(cache, instances)
      expect(await runner.run().catch((error: unknown) => error)).to.equal(failure)
      await runner.ready
    }
  })
})
