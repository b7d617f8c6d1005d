import { expect } from 'chai'

import { closeAll, Connected, type Outcome } from '../redis/connected.js'
import { quantile, SteadyLoad, type TimedOutcome } from '../redis/steady-load.js'
import { eventually } from '../support/eventually.js'
import {
  type RedisCluster,
  type RedisSentinels,
  type RedisServer,
  startCluster,
  startSentinels,
} from '../support/servers.js'
import { report, SLACK } from './report.js'

describe('A failover by sentinels', function () {
  this.timeout(60_000)
  let sentinels: RedisSentinels

  beforeEach(async () => {
    sentinels = await startSentinels({ downAfter: 1_000 })
  })

  afterEach(async () => {
    await closeAll()
    for (const server of [...sentinels.servers, ...sentinels.sentinels]) server.thaw()
    await sentinels.stop()
  })

  for (const fault of ['killed', 'frozen'] as const) {
    it(`F27: costs no call more than its deadline when the master is ${fault}`, async () => {
      const connected = await new Connected({
        sentinel: { name: sentinels.name, nodes: sentinels.addresses },
      }).ready()
      const old = await sentinels.master()
      const load = new SteadyLoad(connected, 500, () => connected.tryWrite())
      await eventually(() => load.now > 300)
      const faultAt = load.now
      if (fault === 'killed') await old.kill()
      else old.freeze()
      const master = await eventually(() => promoted(sentinels, old), 20_000)
      const promotedAt = load.now
      const back = await load.backAfter(promotedAt)
      await load.stop()
      const first = load.between(faultAt, faultAt + 1_000)
      const rest = load.between(faultAt + 1_000, promotedAt)
      report(`F27 ${fault}`, {
        'promoted after': promotedAt - faultAt,
        'p99 at first': quantile(first, 0.99),
        'p99 then': quantile(rest, 0.99),
        'back after': back,
      })
      expect(quantile(first, 1)).to.be.lessThan(100 * SLACK)
      expect(quantile(rest, 0.95)).to.be.lessThan(1 * SLACK)
      expect(back).to.be.lessThan(1_000 * SLACK)
      expect(connected.recoveries).to.include('changed')
      expect(await master?.ask('GET', 'key')).to.equal('value')
    })
  }

  it('F27: finds the master although one sentinel is frozen and one is gone', async () => {
    const [first, second] = sentinels.sentinels
    first?.freeze()
    await second?.kill()
    const connected = new Connected({
      sentinel: { name: sentinels.name, nodes: sentinels.addresses },
    })
    await connected.ready()
    expect((await connected.tryWrite()).error).to.equal(undefined)
  })

  it('F27: says that no sentinel knows the master', async () => {
    const connected = new Connected({
      sentinel: { name: 'unknown', nodes: sentinels.addresses },
    })
    await eventually(() => connected.events.length > 0)
    expect(connected.events[0]?.message).to.match(/no sentinel knows the master/)
  })

  it('F51: goes by the sentinels of a client of the user', async () => {
    const connected = await new Connected(sentinels.client()).ready()
    expect((await connected.tryWrite()).error).to.equal(undefined)
  })
})

describe('A failover in a cluster', function () {
  this.timeout(90_000)
  let cluster: RedisCluster

  beforeEach(async () => {
    cluster = await startCluster({ nodeTimeout: 1_000 })
  })

  afterEach(async () => {
    await closeAll()
    for (const node of cluster.nodes) node.thaw()
    await cluster.stop()
  })

  for (const fault of ['killed', 'frozen'] as const) {
    it(`F29: costs no call more than its deadline, and other slots nothing, when a master is ${fault}`, async () => {
      const connected = await connect()
      const [hit, spared] = await keysOfTwoMasters()
      const old = await cluster.ownerOf(hit)
      const load = new SteadyLoad(connected, 250, () => connected.tryWrite(hit))
      const other = new SteadyLoad(connected, 250, () => connected.tryWrite(spared))
      await eventually(() => load.now > 300)
      const faultAt = load.now
      const changes = connected.recoveries.filter((change) => change === 'changed').length
      if (fault === 'killed') await old.kill()
      else old.freeze()
      await eventually(() => hasNewOwner(hit, old), 20_000)
      const promotedAt = load.now
      const back = await load.backAfter(promotedAt)
      await Promise.all([load.stop(), other.stop()])
      const rest = load.between(faultAt + 1_000, promotedAt)
      const spares = other.between(faultAt, promotedAt)
      report(`F29 ${fault}`, {
        'promoted after': promotedAt - faultAt,
        'longest call': quantile(load.outcomes, 1),
        'p99 after a second': quantile(rest, 0.99),
        'p99 of other slots': quantile(spares, 0.99),
        'back after': back,
      })
      expect(quantile(load.outcomes, 1)).to.be.lessThan(100 * SLACK)
      expect(quantile(rest, 0.95)).to.be.lessThan(1 * SLACK)
      expect(quantile(spares, 0.95)).to.be.lessThan(10 * SLACK)
      expect(share(spares, undefined)).to.equal(1)
      expect(back).to.be.lessThan(1_000 * SLACK)
      expect(
        connected.recoveries.filter((change) => change === 'changed').length,
      ).to.be.greaterThan(changes)
    })
  }

  it('F30: survives ten failovers by hand, one after the other', async () => {
    const connected = await connect()
    const [key] = await keysOfTwoMasters()
    const load = new SteadyLoad(connected, 250, () => connected.tryWrite(key))
    let slowest = 0
    for (let time = 0; time < 10; time += 1) {
      const master = await cluster.ownerOf(key)
      const replica = await eventually(() => cluster.replicaOf(master))
      await replica?.ask('CLUSTER', 'FAILOVER')
      await eventually(() => hasNewOwner(key, master), 10_000)
      await cluster.waitUntilHealthy()
      // Redis itself holds writes back for up to a second before the new master takes them.
      const doneAt = load.now
      slowest = Math.max(slowest, await load.backAfter(doneAt))
      // Redis drops the request for a failover that comes right after another one.
      await eventually(() => load.now > doneAt + 1_500)
    }
    await load.stop()
    const answered = share(load.outcomes, undefined)
    report('F30', { p99: quantile(load.outcomes, 0.99), 'share answered': answered, slowest })
    expect(quantile(load.outcomes, 0.99)).to.be.lessThan(100 * SLACK)
    expect(answered + share(load.outcomes, 'RedisUnavailableError')).to.be.closeTo(1, 1e-9)
    expect(slowest).to.be.lessThan(1_000 * SLACK)
    const owner = await cluster.ownerOf(key)
    const retired = await eventually(() => cluster.replicaOf(owner))
    const isLeft = async (): Promise<boolean> =>
      !String(await retired?.ask('CLIENT', 'LIST')).includes('name=cachewright')
    await eventually(isLeft, 10_000)
  })

  it('F31: is out of the way when two of three masters are gone, and uses the third', async () => {
    const connected = await connect()
    const [hit, spared] = await keysOfTwoMasters()
    const survivor = await cluster.ownerOf(spared)
    const gone = cluster.masters.filter((master) => master !== survivor)
    await Promise.all([...gone, ...cluster.replicas].map((server) => server.kill()))
    const load = new SteadyLoad(connected, 250, () => connected.try(hit))
    await eventually(() => load.now > 4_000, 6_000)
    await load.stop()
    const rest = load.between(1_000, 4_000)
    report('F31', {
      longest: quantile(load.outcomes, 1),
      'p99 after a second': quantile(rest, 0.99),
    })
    expect(quantile(load.outcomes, 1)).to.be.lessThan(100 * SLACK)
    expect(quantile(rest, 0.95)).to.be.lessThan(1 * SLACK)
    await Promise.all(gone.map((server) => server.start()))
    await eventually(async () => (await connected.tryWrite(hit)).error === undefined, 20_000)
  })

  async function connect(): Promise<Connected> {
    return new Connected({ cluster: cluster.addresses }).ready(5_000)
  }

  async function keysOfTwoMasters(): Promise<[string, string]> {
    const first = await cluster.ownerOf('app:0')
    for (let index = 1; ; index += 1) {
      if ((await cluster.ownerOf(`app:${index}`)) !== first) return ['app:0', `app:${index}`]
    }
  }

  async function hasNewOwner(key: string, old: RedisServer): Promise<boolean> {
    const owner = await cluster.ownerOf(key)
    if (owner === old) return false
    return /role:master/.test(String(await owner.ask('INFO', 'replication')))
  }
})

async function promoted(
  sentinels: RedisSentinels,
  old: RedisServer,
): Promise<RedisServer | undefined> {
  const master = await sentinels.master()
  if (master === old) return undefined
  const information = String(await master.ask('INFO', 'replication'))
  return information.includes('role:master') ? master : undefined
}

/** Which share of calls ended in `error`; undefined: with an answer. */
function share(outcomes: readonly (Outcome | TimedOutcome)[], error: string | undefined): number {
  return outcomes.filter((outcome) => outcome.error === error).length / outcomes.length
}
