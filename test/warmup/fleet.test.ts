import { expect } from 'chai'

import { WarmupRunner } from '../../src/warmup/warmup-runner.js'
import type { WarmupReport } from '../../src/warmup/warmup-report.js'
import { type Child, startChild } from '../support/child.js'
import { freePort } from '../support/free-port.js'
import { freshPrefix, redisUrl } from '../support/redis.js'
import { startRedis } from '../support/servers.js'
import type { FleetMember } from './fixtures/fleet-member.js'
import { ids, serviceWith, warmableOnRedis } from './warmable.js'

const FIXTURE = new URL('./fixtures/fleet-member.js', import.meta.url)
const KEYS = 60

describe('A fleet that warms up', function () {
  this.timeout(60_000)
  let fleet: Child<FleetMember>[] = []

  const start = async (members: number, loadTime: number): Promise<void> => {
    const args = [redisUrl(), freshPrefix(), `${KEYS}`, `${loadTime}`]
    const starting = Array.from({ length: members }, () =>
      startChild<FleetMember>(FIXTURE, { args }),
    )
    fleet = await Promise.all(starting)
    await all((member) => member.ask('connect'))
  }
  const all = <T>(ask: (member: Child<FleetMember>) => Promise<T>): Promise<T[]> =>
    Promise.all(fleet.map(ask))
  const run = (): Promise<WarmupReport[]> => all((member) => member.ask('run'))
  const loaded = async (): Promise<string[]> => {
    return (await all((member) => member.ask('loaded'))).flat().toSorted()
  }

  afterEach(async () => {
    await Promise.all(fleet.map((child) => child.stop()))
    fleet = []
  })

  it('I30, F44: loads each key once, and has them all in the memory of each process', async () => {
    await start(4, 5)
    const reports = await run()
    expect(await loaded()).to.deep.equal(ids('', KEYS).flat().toSorted())
    for (const { warmed, skipped, failed } of reports) {
      expect({ failed, all: warmed + skipped }).to.deep.equal({ failed: 0, all: KEYS })
    }
    await run()
    expect(await loaded()).to.deep.equal([])
    expect(await fleet[3]?.ask('call', '7')).to.equal('profile 7')
  })

  it('I30: refreshes each key in one process, whether they are due together or one after another', async () => {
    await start(4, 5)
    await run()
    await loaded()
    const together = await all((member) => member.ask('minute'))
    expect(await loaded()).to.deep.equal(ids('', KEYS).flat().toSorted())
    expect(together.reduce((sum, { warmed }) => sum + warmed, 0)).to.equal(KEYS)
    expect(together.reduce((sum, { failed }) => sum + failed, 0)).to.equal(0)
    // The claims live for half a minute of the real time, which has not passed.
    const after = await fleet[0]?.ask('minute')
    expect(after?.skips.elsewhere).to.equal(KEYS)
    expect(await loaded()).to.deep.equal([])
  })

  it('loads what was evicted, although somebody has just refreshed it', async () => {
    await start(2, 0)
    await run()
    await fleet[0]?.ask('minute')
    await loaded()
    await fleet[1]?.ask('evict', '7')
    await fleet[1]?.ask('minute')
    expect(await loaded()).to.deep.equal(['7'])
  })

  it('goes on without those that were killed in the middle', async () => {
    await start(3, 20)
    const killed = fleet[0]
    const runs = fleet.map((child) => child.ask('run').catch(() => undefined))
    await killed?.kill()
    const [none, ...reports] = await Promise.all(runs)
    expect(none).to.equal(undefined)
    for (const report of reports as WarmupReport[]) {
      expect(report.warmed + report.skipped).to.equal(KEYS)
    }
    fleet = fleet.slice(1)
  })
})

describe('A warm-up without a Redis', function () {
  this.timeout(30_000)
  const DEADLINE = 3_000
  /** Bounds of wall-clock time leave room for a machine that does other things meanwhile. */
  const SLACK = 500

  for (const how of ['dead', 'frozen'] as const) {
    it(`I30: is ready by its deadline when Redis is ${how}`, async () => {
      const server = how === 'frozen' ? await startRedis() : undefined
      const url = server?.url ?? `redis://127.0.0.1:${await freePort()}`
      const cache = warmableOnRedis({ redis: url, prefix: freshPrefix() })
      try {
        if (server !== undefined) expect(await cache.ready(5_000)).to.equal(true)
        server?.freeze()
        const service = serviceWith({ arguments: ids('', 200), critical: true })
        const runner = new WarmupRunner(cache, () => [service])
        const begun = performance.now()
        const running = runner.run({ deadline: DEADLINE })
        await runner.ready
        expect(performance.now() - begun).to.be.at.most(DEADLINE + SLACK)
        const report = await running
        expect(report).to.deep.include({ failed: 0, warmed: 200, cut: undefined })
        expect(service.calls).to.have.length(200)
      } finally {
        server?.thaw()
        await cache.close()
        await server?.stop()
      }
    })
  }
})
