import { expect } from 'chai'

import { Cached } from '../../src/decorators/cached.js'
import { Warm } from '../../src/decorators/warm.js'
import { CacheConfigurationError, CacheWeavingError } from '../../src/errors.js'
import type { WarmOptions } from '../../src/options/warm-options.js'
import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { failureOf } from '../support/failure-of.js'
import { gate } from '../support/gate.js'
import { ids, serviceWith, type TestService, warmable } from './warmable.js'

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

describe('WarmupRunner.run, refusals', () => {
  const refused = async (service: TestService | object, options = {}): Promise<unknown> => {
    const { cache } = warmable()
    const runner = new WarmupRunner(cache, () => [service])
    return failureOf(runner.run(options))
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
      expect(await failureOf(runner.run())).to.equal(failure)
      await runner.ready
    }
  })
})
