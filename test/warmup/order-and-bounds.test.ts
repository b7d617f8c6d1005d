import { expect } from 'chai'
import fc from 'fast-check'

import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import { gate } from '../support/gate.js'
import { ids, serviceWith, warmable } from './warmable.js'

describe('the order of a warm-up', () => {
  it('runs higher priorities first, and those of one priority in turn', async () => {
    const { cache } = warmable()
    const order: string[] = []
    const load = async (id: string): Promise<string> => {
      order.push(id)
      return id
    }
    const services = [
      serviceWith({ arguments: ids('low', 2), priority: -1 }, load, { name: 'low' }),
      serviceWith({ arguments: ids('a', 3) }, load, { name: 'a' }),
      serviceWith({ arguments: ids('b', 2) }, load, { name: 'b' }),
      serviceWith({ arguments: ids('high', 2), priority: 1.5 }, load, { name: 'high' }),
    ]
    const report = await new WarmupRunner(cache, () => services).run({ concurrency: 1 })
    expect(order).to.deep.equal(['high1', 'high2', 'a1', 'b1', 'a2', 'b2', 'a3', 'low1', 'low2'])
    expect(report.tasks.map(({ name }) => name)).to.deep.equal(['high', 'a', 'b', 'low'])
  })

  it('gives a slot that the highest cannot use to the next one', async () => {
    const { cache, clock } = warmable()
    const door = gate()
    const running = new Set<string>()
    const load = async (id: string): Promise<string> => {
      running.add(id)
      await door.wait()
      return id
    }
    const services = [
      serviceWith({ arguments: ids('high', 5), priority: 1, concurrency: 2 }, load, { name: 'h' }),
      serviceWith({ arguments: ids('low', 5), concurrency: 5 }, load, { name: 'l' }),
    ]
    const run = new WarmupRunner(cache, () => services).run({ concurrency: 3 })
    await clock.advance(0)
    expect([...running]).to.deep.equal(['high1', 'high2', 'low1'])
    door.open()
    expect(await run).to.deep.include({ warmed: 10 })
  })

  it('lets nobody wait for a source that takes its time', async () => {
    const { cache, clock } = warmable()
    const door = gate()
    const late = async (): Promise<[string][]> => {
      await door.wait()
      return ids('late', 2)
    }
    const services = [
      serviceWith({ arguments: late, priority: 1 }, undefined, { name: 'late' }),
      serviceWith({ arguments: ids('', 3) }),
    ]
    const run = new WarmupRunner(cache, () => services).run({ concurrency: 1 })
    await clock.advance(0)
    expect(services[1]?.calls).to.have.length(3)
    door.open()
    expect(await run).to.deep.include({ warmed: 5 })
  })

  it('gives up a source that says nothing for five minutes, and nothing else', async () => {
    const { cache, clock } = warmable()
    const never = {
      async *[Symbol.asyncIterator](): AsyncGenerator<[string]> {
        yield ['1']
        await new Promise(() => undefined)
      },
    }
    const service = serviceWith({ arguments: never })
    const run = new WarmupRunner(cache, () => [service]).run()
    await clock.advance(300_000)
    const report = await run
    expect(report).to.deep.include({ warmed: 1, failed: 1, duration: 300_000 })
    expect(report.tasks[0]?.failures[0]?.reason).to.equal('source')
  })
})

describe('the bounds of a warm-up', () => {
  it('I30: holds the bound over all and that of each name, and uses them', async () => {
    const { cache } = warmable()
    const counts = { now: { a: 0, b: 0 }, most: { a: 0, b: 0, all: 0 } }
    const loadAs = (name: 'a' | 'b') => async (id: string) => {
      counts.now[name]++
      counts.most[name] = Math.max(counts.most[name], counts.now[name])
      counts.most.all = Math.max(counts.most.all, counts.now.a + counts.now.b)
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
      counts.now[name]--
      return id
    }
    const services = [
      serviceWith({ arguments: ids('a', 30), concurrency: 3 }, loadAs('a'), { name: 'a' }),
      serviceWith({ arguments: ids('b', 30), concurrency: 4 }, loadAs('b'), { name: 'b' }),
    ]
    await new WarmupRunner(cache, () => services).run({ concurrency: 7 })
    expect(counts.most).to.deep.equal({ a: 3, b: 4, all: 7 })
  })

  it('runs 8 at once over all and 4 of each name unless told otherwise', async () => {
    const { cache, clock } = warmable()
    const door = gate()
    const load = async (id: string): Promise<string> => {
      await door.wait()
      return id
    }
    const services = ['a', 'b', 'c'].map((name) =>
      serviceWith({ arguments: ids(name, 20) }, load, { name }),
    )
    const run = new WarmupRunner(cache, () => services).run()
    await clock.advance(0)
    expect(door.waiting).to.equal(8)
    expect(Math.max(...services.map(({ calls }) => calls.length))).to.be.at.most(4)
    door.open()
    await run
  })

  it('holds the bound of a name over two runs', async () => {
    const { cache, clock } = warmable()
    const door = gate()
    const service = serviceWith({ arguments: ids('', 9), concurrency: 3 }, async (id) => {
      await door.wait()
      return id
    })
    const runner = new WarmupRunner(cache, () => [service])
    const runs = [runner.run(), runner.run()]
    await clock.advance(0)
    expect(door.waiting).to.equal(3)
    door.open()
    const reports = await Promise.all(runs)
    expect(reports.map(({ warmed, skipped }) => warmed + skipped)).to.deep.equal([9, 9])
    expect(service.calls.toSorted()).to.deep.equal(ids('', 9).flat())
  })

  for (const kind of ['sync', 'async'] as const) {
    it(`pulls no more than it can use from ${kind} iterables without an end`, async () => {
      const { cache, clock } = warmable()
      const door = gate()
      let pulled = 0
      let isReturned = false
      function* endless(): Generator<[string]> {
        try {
          for (;;) yield [`${++pulled}`]
        } finally {
          isReturned = true
        }
      }
      const source =
        kind === 'sync'
          ? endless
          : async function* () {
              yield* endless()
            }
      const service = serviceWith({ arguments: source, concurrency: 3 }, async (id) => {
        await door.wait()
        return id
      })
      const controller = new AbortController()
      const run = new WarmupRunner(cache, () => [service]).run({ signal: controller.signal })
      await clock.advance(0)
      expect(service.calls).to.have.length(3)
      expect(pulled).to.be.at.most(4)
      controller.abort()
      await run
      await clock.advance(0)
      expect(isReturned).to.equal(true)
      door.open()
    })
  }

  it('gives timers their turn while everything is fresh', async () => {
    const { cache } = warmable()
    const service = serviceWith({ arguments: ids('', 2_000) })
    const runner = new WarmupRunner(cache, () => [service])
    await runner.run()
    let turns = 0
    let isRunning = true
    const turn = (): void => {
      turns++
      if (isRunning) setImmediate(turn)
    }
    setImmediate(turn)
    await runner.run()
    isRunning = false
    expect(turns).to.be.at.least(9)
  })

  it('tries every item once, whatever the priorities, bounds and sources', async () => {
    const task = fc.record({
      count: fc.nat(12),
      priority: fc.integer({ min: -2, max: 2 }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      kind: fc.constantFrom('list', 'generator', 'async'),
      turns: fc.nat(3),
    })
    const property = fc.asyncProperty(
      fc.array(task, { maxLength: 6 }),
      fc.integer({ min: 1, max: 6 }),
      async (tasks, concurrency) => {
        const { cache } = warmable()
        let active = 0
        let most = 0
        const services = tasks.map(({ count, priority, kind, turns, ...bound }, index) => {
          const list = ids('', count)
          const source = {
            list,
            generator: () => list.values(),
            async: async function* () {
              yield* list
            },
          }[kind]
          const load = async (id: string): Promise<string> => {
            most = Math.max(most, ++active)
            for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
            active--
            return id
          }
          const warm = { arguments: source, priority, ...bound }
          return serviceWith(warm, load, { name: `n${index}` })
        })
        const report = await new WarmupRunner(cache, () => services).run({ concurrency })
        services.forEach(({ calls }, index) => {
          expect(calls.toSorted()).to.deep.equal(
            ids('', tasks[index]?.count ?? 0)
              .flat()
              .toSorted(),
          )
        })
        expect(report.warmed).to.equal(tasks.reduce((sum, { count }) => sum + count, 0))
        expect(report.tasks.every(({ isComplete }) => isComplete)).to.equal(true)
        expect(most).to.be.at.most(concurrency)
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })
})
