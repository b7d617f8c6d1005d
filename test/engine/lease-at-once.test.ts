import { expect } from 'chai'

import { type JoinedEntry, type JoinedProcess, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

/** As many reads that find nothing as it takes to ask for the lease at once. */
async function findNothing(process: JoinedProcess, entry: JoinedEntry): Promise<void> {
  for (let key = 0; key < process.parts.settings.emptyLooks; key += 1) {
    await entry.fill(`nothing-${key}`, 'nothing')
  }
}

/** What `work` has sent to Redis. */
async function sentBy(process: JoinedProcess, work: () => Promise<unknown>): Promise<string[]> {
  const before = process.network.sent.length
  await work()
  await turn()
  return process.network.sent.slice(before)
}

describe('A read after several that have found nothing in Redis', () => {
  it('asks for the lease at once: one round trip before the method runs', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry()
    expect(await sentBy(process, () => entry.read('1', returning('one')))).to.deep.equal([
      'read',
      'acquire',
      'store',
    ])
    await findNothing(process, entry)
    expect(await sentBy(process, () => entry.read('2', returning('two')))).to.deep.equal([
      'acquire',
      'store',
    ])
  })

  it('is answered by what another process has stored, and looks first from then on', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry()
    await there.entry().fill('1', 'there')
    await findNothing(here, entry)
    const read = (): Promise<unknown> => entry.read('1', returning('unwanted'))
    expect(await sentBy(here, read)).to.deep.equal(['acquire'])
    expect(await read()).to.equal('there')
    expect(await sentBy(here, () => entry.read('2', returning('two')))).to.deep.equal([
      'read',
      'acquire',
      'store',
    ])
  })

  it('serves a stale value that it finds so, and refreshes it', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { ttl: 1_000, staleWhileRevalidate: '1m' } as const
    const entry = here.entry(options)
    await there.entry(options).fill('1', 'stale')
    await findNothing(here, entry)
    await redis.pass(1_500)
    expect(await entry.read('1', returning('fresh'))).to.equal('stale')
    await turn()
    expect(await entry.read('1', returning('unwanted'))).to.equal('fresh')
  })

  it('counts what it did not find as cold, and as a hit what it did', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry()
    await there.entry().fill('1', 'there')
    await findNothing(here, entry)
    await entry.read('2', returning('two'))
    await entry.read('1', returning('unwanted'))
    const { counters } = entry.cached.context
    expect(counters.redisHits).to.equal(1)
    expect(counters.misses).to.equal(here.parts.settings.emptyLooks + 1)
    expect(entry.cached.lookups.missReasonOf(entry.key('2'))).to.equal('cold')
    expect(entry.cached.lookups.missReasonOf(entry.key('1'))).to.equal(undefined)
  })

  it('F1: looks first again once Redis did not answer', async () => {
    const redis = new ModelRedis()
    const process = await redis.join()
    const entry = process.entry()
    await findNothing(process, entry)
    process.network.loseReplies('acquire')
    expect(await entry.read('1', returning('one'))).to.equal('one')
    expect(entry.cached.lookups.missReasonOf(entry.key('1'))).to.equal('redis-unavailable')
    process.network.loseReplies('acquire', false)
    expect(await sentBy(process, () => entry.read('2', returning('two')))).to.include('read')
  })
})
