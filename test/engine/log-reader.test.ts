import { expect } from 'chai'

import { LogReader } from '../../src/engine/log-reader.js'
import { ModelRedis, turn } from '../support/model-redis.js'
import { returning } from '../support/returning.js'

describe('LogReader', () => {
  for (const names of ['{', '{}', '[1]', JSON.stringify(['x'.repeat(70_000)])]) {
    it(`I21, S37: keeps nothing in memory after a message that says ${names.slice(0, 5)}`, async () => {
      const redis = new ModelRedis()
      const process = await redis.join()
      const entry = process.entry()
      await entry.fill('1', 'old')
      expect(entry.cached.peek(entry.key('1'))).to.deep.equal({ value: 'old' })
      const { logStream, logTail } = process.parts.names
      const message = ['ABCDEFGHIJKLMNOP', 'somebody', names, '64', '60000']
      redis.server.evaluate('append', [logStream, logTail], message)
      await turn()
      expect(process.parts.memory.size).to.equal(0)
      // It has taken up the log anew behind that message, and is trusted again.
      await redis.pass(1_000)
      expect(await entry.read('1', returning('unwanted'))).to.equal('old')
      expect(entry.cached.peek(entry.key('1'))).to.deep.equal({ value: 'old' })
    })
  }

  it('I29: is not trusted once it is closed, whatever was on its way to it', async () => {
    const redis = new ModelRedis()
    const { parts, tier, logNetwork } = await redis.join()
    const { clock, random } = parts
    const reader = new LogReader({
      log: tier.openLog(),
      clock,
      random,
      origin: 'reader',
      onInvalidated: () => undefined,
      onGap: () => undefined,
    })
    const running = reader.run()
    await turn()
    expect(reader.provenAt).to.equal(0)
    const asking = logNetwork.hold('get', 'reply')
    await redis.pass(600)
    await asking.reached
    reader.close()
    asking.open()
    // Its last read of the log ends by itself.
    await redis.pass(600)
    await running
    expect(reader.provenAt).to.equal(Number.NEGATIVE_INFINITY)
  })
})
