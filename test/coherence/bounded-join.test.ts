import { expect } from 'chai'

import { gate } from '../support/gate.js'
import { BOUND } from '../support/model/model-cache.js'
import { type JoinedProcess, ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

/** A load of `process` that has read the old row and has not ended. */
async function loading(process: JoinedProcess): Promise<{ early: Promise<unknown>; end(): void }> {
  const row = gate()
  const early = process.entry().read('1', async () => {
    await row.wait()
    return 'old'
  })
  await row.reached
  return { early, end: () => row.open() }
}

for (const masters of [1, 3]) {
  const where = masters === 1 ? 'on one server' : 'on a cluster'

  describe(`A bounded read that meets a load from before an evict, ${where}`, () => {
    it('I3: never joins it in the process that evicted, whatever that process has heard', async () => {
      const redis = new ModelRedis(masters)
      const [here, there] = await redis.joinTwo()
      for (const evicting of [here, there]) {
        const { early, end } = await loading(evicting)
        evicting.logNetwork.hold('xread', 'reply')
        expect(await evicting.entry().evict('1')).to.equal(true)
        expect(await evicting.entry().read('1', returning('new'))).to.equal('new')
        end()
        expect(await early).to.equal('old')
        await turn()
        expect(await evicting.entry().read('1', returning('unwanted'))).to.equal('new')
        await evicting.entry().evict('1')
      }
    })

    it('I3: joins it in another process until that one hears of the evict, and not after', async () => {
      const redis = new ModelRedis(masters)
      const [here, there] = await redis.joinTwo()
      const { early, end } = await loading(there)
      const message = there.logNetwork.hold('xread', 'reply')
      expect(await here.entry().evict('1')).to.equal(true)
      const joined = there.entry().read('1', returning('new'))
      await turn()
      message.open()
      await turn()
      expect(await there.entry().read('1', returning('new'))).to.equal('new')
      end()
      expect([await early, await joined]).to.deep.equal(['old', 'old'])
      await turn()
      expect(await there.entry().read('1', returning('unwanted'))).to.equal('new')
      expect(await here.entry().read('1', returning('unwanted'))).to.equal('new')
    })

    it('I3, I21: joins it in another process for no longer than the bound when the log is silent', async () => {
      const redis = new ModelRedis(masters)
      const [here, there] = await redis.joinTwo()
      await redis.pass(600)
      const { early, end } = await loading(there)
      there.logNetwork.hold('get', 'reply')
      there.logNetwork.hold('xread', 'reply')
      expect(await here.entry().evict('1')).to.equal(true)
      await redis.pass(BOUND - 100)
      const joined = there.entry().read('1', returning('new'))
      await redis.pass(200)
      expect(await there.entry().read('1', returning('new'))).to.equal('new')
      end()
      expect([await early, await joined]).to.deep.equal(['old', 'old'])
      await turn()
      expect(await here.entry().read('1', returning('unwanted'))).to.equal('new')
    })
  })
}
