import { expect } from 'chai'

import { type Gate, gate } from '../support/gate.js'
import { ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

const READERS = 50

/** Counts its loads, each of which takes a few turns. */
function countingLoad(): { loads: number; readonly load: () => Promise<unknown> } {
  const counting = {
    loads: 0,
    load: async (): Promise<unknown> => {
      counting.loads += 1
      for (let each = 0; each < 10; each += 1) await turn()
      return 'new'
    },
  }
  return counting
}

for (const consistency of ['bounded', 'strict'] as const) {
  const options = { consistency }

  describe(`Many readers whom an evict overtakes before the method has run (${consistency})`, () => {
    it('I22: load once, when it comes while they ask Redis', async () => {
      const redis = new ModelRedis()
      const [here, there] = await redis.joinTwo()
      const entry = here.entry(options)
      const counting = countingLoad()
      const asking = here.network.hold('read', 'reply')
      const reads = Array.from({ length: READERS }, () => entry.read('1', counting.load))
      await asking.reached
      await there.entry(options).evict('1')
      await redis.pass(20)
      asking.open()
      await redis.pass(1_000)
      expect(new Set(await Promise.all(reads))).to.deep.equal(new Set(['new']))
      expect(await entry.read('1', counting.load)).to.equal('new')
      expect(counting.loads).to.equal(1)
    })

    it('I22: load once, when it comes while they wait for the load of another process', async () => {
      const redis = new ModelRedis()
      const [here, there] = await redis.joinTwo()
      const entry = here.entry(options)
      const counting = countingLoad()
      const loading = gate()
      const elsewhere = there.entry(options).read('1', returning('old', loading))
      await loading.reached
      const reads = Array.from({ length: READERS }, () => entry.read('1', counting.load))
      await redis.pass(50)
      await there.entry(options).evict('1')
      await redis.pass(1_000)
      loading.open()
      expect(await elsewhere).to.equal('old')
      expect(new Set(await Promise.all(reads))).to.deep.equal(new Set(['new']))
      expect(await entry.read('1', counting.load)).to.equal('new')
      await redis.pass(20)
      expect(await entry.read('1', counting.load)).to.equal('new')
      expect(counting.loads).to.equal(1)
    })

    it('I22: load once in all processes together', async () => {
      const redis = new ModelRedis()
      const first = await redis.join()
      const others = await Promise.all(Array.from({ length: 5 }, () => redis.join()))
      const old = gate()
      const early = first.entry(options).read('1', returning('old', old))
      await old.reached
      const gates: Gate[] = []
      const load = (): Promise<unknown> => {
        const each = gate()
        gates.push(each)
        return returning('new', each)()
      }
      const entries = others.map((process) => process.entry(options))
      const reads = entries.map((entry) => entry.read('1', load))
      await redis.pass(300)
      await first.entry(options).evict('1')
      old.open()
      await redis.pass(500)
      expect(gates).to.have.lengthOf(1)
      gates[0]?.open()
      await redis.pass(1_000)
      expect(await early).to.equal('old')
      expect(new Set(await Promise.all(reads))).to.deep.equal(new Set(['new']))
      for (const entry of entries) expect(await entry.read('1', load)).to.equal('new')
      expect(gates).to.have.lengthOf(1)
    })
  })
}

describe('A reader who waits for the load of another process', () => {
  it('I22: gets what it stored, though the load took longer than the ttl', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const options = { ttl: 1_000 }
    const loading = gate()
    const elsewhere = there.entry(options).read('1', returning('theirs', loading))
    await loading.reached
    const waiting = here.entry(options).read('1', returning('ours'))
    await redis.pass(2_000)
    loading.open()
    await elsewhere
    await redis.pass(300)
    expect(await waiting).to.equal('theirs')
  })
})

describe('A load that an evict of its own process crosses', () => {
  it('I5: does not keep that process from believing what another one stores afterwards', async () => {
    const redis = new ModelRedis()
    const [here, there] = await redis.joinTwo()
    const entry = here.entry()
    const loading = gate()
    const early = entry.read('1', returning('old', loading))
    await loading.reached
    await entry.evict('1')
    loading.open()
    await early
    await redis.pass(20)
    await there.entry().fill('1', 'new')
    expect(await entry.read('1', returning('unwanted'))).to.equal('new')
  })
})
