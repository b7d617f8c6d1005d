import { expect } from 'chai'

import { CacheConfig } from '../../src/decorators/cache-config.js'
import { CacheEvict } from '../../src/decorators/cache-evict.js'
import { CachePut } from '../../src/decorators/cache-put.js'
import { CachedMany } from '../../src/decorators/cached-many.js'
import { Cached } from '../../src/decorators/cached.js'
import { overProxy } from '../support/proxy.js'
import { type Actor, Stage } from './stage.js'
import { asked, type SeenCommand, watch } from './watch.js'

@CacheConfig({ namespace: 'profiles' })
class Profiles {
  loads = 0

  @Cached()
  async plain(id: string): Promise<string> {
    this.loads += 1
    return `plain ${id}`
  }

  @Cached({ tags: (_result: string, id: string) => [`profile:${id}`] })
  async tagged(id: string): Promise<string> {
    return `tagged ${id}`
  }

  @CachedMany({ entry: 'plain' })
  async many(ids: readonly string[]): Promise<string[]> {
    this.loads += 1
    return ids.map((id) => `plain ${id}`)
  }

  @CacheEvict({ entry: 'plain' })
  async evict(_id: string): Promise<void> {}

  @CachePut({ entry: 'plain' })
  async put(id: string): Promise<string> {
    return `put ${id}`
  }

  @CachePut({ entry: 'tagged' })
  async putTagged(id: string): Promise<string> {
    return `put ${id}`
  }

  @CacheEvict({ all: true })
  async clear(): Promise<void> {}
}

describe('The commands that an operation costs', () => {
  const stage = new Stage()
  let one: Actor
  let two: Actor
  let profiles: Profiles
  let others: Profiles

  before(async () => {
    await stage.open()
    ;[one, two] = await stage.pair()
    ;[profiles, others] = [one.cache.weave(new Profiles()), two.cache.weave(new Profiles())]
  })

  after(() => stage.close())

  const costOf = async (work: () => Promise<unknown>): Promise<SeenCommand[]> =>
    asked(
      await watch(stage.server, async () => {
        await work()
        await Promise.all([one.settled(), two.settled()])
      }),
    )

  it('I32: a miss costs three, with tags four; a hit one in Redis and none in memory', async () => {
    expect(await costOf(() => profiles.plain('a'))).to.have.length(3)
    expect(await costOf(() => profiles.tagged('a'))).to.have.length(4)
    expect(await costOf(() => others.plain('a'))).to.have.length(1)
    expect(await costOf(() => others.plain('a'))).to.have.length(0)
    expect(others.loads).to.equal(0)
  })

  it('an evict costs one, a put two and with tags three', async () => {
    expect(await costOf(() => profiles.evict('a'))).to.have.length(1)
    expect(await costOf(() => profiles.put('a'))).to.have.length(2)
    expect(await costOf(() => profiles.putTagged('a'))).to.have.length(3)
  })

  it('I22: 1,000 callers of a cold key cost three, and one call of the method', async () => {
    const { loads } = profiles
    const callers = (): Promise<string[]> =>
      Promise.all(Array.from({ length: 1_000 }, () => profiles.plain('herd')))
    expect(await costOf(callers)).to.have.length(3)
    expect(profiles.loads).to.equal(loads + 1)
  })

  it('the reads of a batch cost one', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `batch ${index}`)
    const miss = await costOf(() => profiles.many(ids))
    const isRead = ({ args }: SeenCommand): boolean => args[0]?.includes('no-writes') === true
    expect(miss.filter(isRead)).to.have.length(1)
    // One for the leases; then each item is stored by itself.
    expect(miss).to.have.length(2 + ids.length)
    const { loads } = others
    expect(await costOf(() => others.many(ids))).to.have.length(1)
    expect(others.loads).to.equal(loads)
  })

  it('I6: clearing a namespace, a scope or a tag costs one, with 1 key and with 100,000', async () => {
    const { rows, cache, parts } = one
    const clears = [
      () => rows.clear(),
      () => rows.clearScope('ann'),
      () => cache.invalidateTags(['team']),
    ]
    for (const count of [1, 100_000]) {
      await rows.getOrLoad('k', () => Promise.resolve(1), { tags: ['team'], scope: 'ann' })
      await one.settled()
      // By their names they are keys of this namespace; the rest does not matter to who looks for them.
      const name = parts.names.entry(rows.name, 'by-hand', 'many')
      const fill = `for i = 1, ${count} do redis.call('HSET', KEYS[1] .. i, 'e:1', 'x') end`
      await stage.server.client().eval(fill, 1, name)
      expect(await stage.server.ask('DBSIZE')).to.be.at.least(count)
      for (const clear of clears) {
        const began = performance.now()
        const cost = await costOf(clear)
        expect(performance.now() - began).to.be.below(1_000)
        expect(cost.map(({ name: command }) => command)).to.deep.equal(['eval'])
      }
    }
    await stage.server.ask('FLUSHALL')
  })

  it('10,000 evictions at once are at most 200 messages in the log', async () => {
    const stream = one.parts.names.logStream
    const before = Number(await stage.server.ask('XLEN', stream))
    const evicts = (): Promise<unknown> =>
      Promise.all(Array.from({ length: 10_000 }, (_, index) => one.rows.delete(index)))
    const cost = await costOf(evicts)
    const messages = Number(await stage.server.ask('XLEN', stream)) - before
    expect(messages).to.equal(cost.length)
    expect(messages).to.be.within(1, 200)
  })

  it('a process at rest sends at most five commands in a second', async () => {
    const processes = 2
    const seconds = 3
    const commands = await watch(stage.server, async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, seconds * 1_000)
      })
    })
    expect(commands.length).to.be.within(1, 5 * seconds * processes)
  })

  it('I32: a hit waits for one round trip; a miss for two before its method, and none after', () =>
    overProxy(stage.server, async (proxy) => {
      const roundTrip = 200
      const slow = await stage.actor({ redis: proxy.url, log: stage.server.url })
      const distant = slow.cache.weave(new Profiles())
      await profiles.plain('near')
      await one.settled()
      proxy.latency = roundTrip / 2
      const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
        const began = performance.now()
        await work()
        return (performance.now() - began) / roundTrip
      }
      expect(await timeOf(() => distant.plain('near'))).to.be.within(0.9, 1.9)
      expect(distant.loads).to.equal(0)
      expect(await timeOf(() => distant.plain('far'))).to.be.within(1.9, 2.9)
      expect(await timeOf(() => distant.evict('far'))).to.be.within(0.9, 1.9)
      proxy.clear()
      await slow.settled()
    }))
})
