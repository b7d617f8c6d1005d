import { expect } from 'chai'

import { createSealer } from '../../src/values/sealer.js'
import { type JoinedEntry, type JoinedProcess, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'
import { readGolden } from '../values/golden.js'
import { keep, UNCOMPRESSED } from '../values/sealing.js'

describe('what is found in Redis', () => {
  /** Stores a value whose header names so many markers, as no process of ours would. */
  async function forge(
    { parts }: JoinedProcess,
    entry: JoinedEntry,
    value: unknown,
    markers: number,
  ): Promise<void> {
    const { context } = entry.cached
    const address = { hash: entry.id('1'), field: context.policy.version }
    const capture = await parts.shared?.seize({
      ...address,
      token: 'forged',
      leaseFor: 1_000,
      markers: context.markersOf(undefined).map(({ name }) => name),
      withClock: false,
      markersLiveFor: 60_000,
    })
    const current = capture?.tokens ?? []
    const tokens = [...current, 'ABCDEFGHIJKLMNOP'].slice(0, markers)
    const sealer = createSealer({})
    const packed = await sealer.pack(keep(value), UNCOMPRESSED)
    const fingerprint = context.fingerprintOf(entry.key('1'))
    const sealed = packed && sealer.seal(fingerprint, { tokens, tags: [] }, packed)
    if (sealed === undefined) throw new Error('not sealed')
    const terms = { freshFor: 60_000, keptFor: 60_000, isStamped: false }
    expect(await parts.shared?.store({ ...address, ...terms, token: 'forged', sealed })).to.equal(
      true,
    )
  }

  /** Stores an entry of a format that this version of the library does not know. */
  async function storeNewer({ parts }: JoinedProcess, entry: JoinedEntry): Promise<void> {
    const { context } = entry.cached
    const address = { hash: entry.id('1'), field: context.policy.version, token: 'newer' }
    const markers = context.markersOf(undefined).map(({ name }) => name)
    const lease = { leaseFor: 1_000, markers, withClock: false, markersLiveFor: 60_000 }
    await parts.shared?.seize({ ...address, ...lease })
    const sealed = readGolden('newer-format')
    const terms = { freshFor: 60_000, keptFor: 60_000, isStamped: false }
    expect(await parts.shared?.store({ ...address, ...terms, sealed })).to.equal(true)
  }

  for (const markers of [0, 1, 3]) {
    it(`F37: is a miss, and is replaced, under ${markers} markers where its key has two`, async () => {
      const redis = new ModelRedis()
      const [here, there] = await redis.joinTwo()
      const entry = here.entry()
      await forge(there, there.entry(), 'forged', markers)
      expect(await entry.read('1', returning('right'))).to.equal('right')
      await turn()
      expect(await there.entry().read('1', returning('unwanted'))).to.equal('right')
    })
  }

  it('F37: is served under the two markers that its key has', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    await forge(there, there.entry(), 'whole', 2)
    expect(await here.entry().read('1', returning('unwanted'))).to.equal('whole')
  })

  for (const consistency of ['bounded', 'strict'] as const) {
    it(`F38: is a miss of a newer format, and stays there until it is evicted (${consistency})`, async () => {
      const redis = new ModelRedis()
      const [here, there] = await redis.joinTwo()
      const options = { consistency, tiers: ['redis'] } as const
      const entry = here.entry(options)
      const stored = async (): Promise<Buffer | undefined> => {
        const address = { hash: entry.id('1'), field: entry.cached.context.policy.version }
        return (await there.parts.shared?.read({ ...address, markers: [] }))?.entry?.sealed
      }
      // Reads that find nothing, after which the lease is asked for at once.
      for (const key of ['2', '3', '4', '5', '6']) await entry.fill(key, 'else')
      await storeNewer(there, there.entry(options))
      for (const read of ['one', 'two', 'three']) {
        expect(await entry.read('1', returning(read))).to.equal(read)
        await turn()
        expect(await stored()).to.deep.equal(readGolden('newer-format'))
      }
      expect(await entry.refresh('1', returning('by name'))).to.equal('by name')
      await turn()
      expect(await stored()).to.deep.equal(readGolden('newer-format'))
      await entry.evict('1')
      expect(await stored()).to.equal(undefined)
    })
  }

  it('S30: is a miss when it is larger than this process takes', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    await there.entry().fill('1', 'x'.repeat(5_000))
    const entry = here.entry({ maxValueBytes: 1_000 })
    expect(await entry.lookUp('1')).to.equal(undefined)
    expect(await entry.read('1', returning('small'))).to.equal('small')
  })

  it('I19: is a miss while Redis has not confirmed that one of its tags was invalidated', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { tags: ['team'] }
    await there.entry(options).fill('1', 'old')
    const entry = here.entry(options)
    expect(await entry.lookUp('1')).to.equal('old')
    redis.server.redis.isMisconfigured = true
    expect(await entry.invalidateTag('team')).to.equal(false)
    redis.server.redis.isMisconfigured = false
    expect(await entry.lookUp('1')).to.equal(undefined)
    expect(await entry.read('1', returning('new'))).to.equal('new')
  })

  it('I32: stands in the way of the lease four times, and then its reader loads for itself', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { ttl: 1_000, staleIfError: 60_000 }
    const [entry, elsewhere] = [here.entry(options), there.entry(options)]
    let asking = here.network.hold('acquire', 'request')
    const reading = entry.read('1', returning('own'))
    for (const time of [1, 2, 3, 4]) {
      await asking.reached
      // There is another one each time, and each time it has become stale by then.
      await elsewhere.refresh('1', returning(`theirs, ${time}`))
      await redis.pass(1_100)
      asking.open()
      if (time < 4) asking = here.network.hold('acquire', 'request')
    }
    expect(await reading).to.equal('own')
    await turn()
    expect(here.network.sent.filter((name) => name === 'acquire')).to.have.length(4)
    expect(here.network.sent).not.to.include('store')
  })
})
