import { expect } from 'chai'

import { RedisReplyError } from '../../src/redis/link.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { closeAll, Connected } from './connected.js'

describe('Scripts', () => {
  let server: RedisServer
  let connected: Connected

  before(async () => {
    server = await startRedis()
  })

  beforeEach(async () => {
    await server.ask('FLUSHALL')
    await server.ask('SCRIPT', 'FLUSH')
    connected = await new Connected({ url: server.url }).ready()
    await connected.connections.selfTest()
    await server.ask('CONFIG', 'RESETSTAT')
  })

  afterEach(async () => {
    await closeAll()
    await server.ask('ACL', 'SETUSER', 'default', '+@all')
  })

  after(async () => {
    await server.stop()
  })

  it('are sent once for each connection, and named by their digest from then on', async () => {
    await Promise.all([connected.set('a', '1'), connected.set('b', '2')])
    await connected.set('c', '3')
    expect(await connected.get('c')).to.deep.equal(Buffer.from('3'))
    expect(await calls()).to.deep.equal({ eval: 2, evalsha: 2 })
  })

  it('are sent again when the server has forgotten them, and run once', async () => {
    const increment = {
      name: 'increment',
      readOnly: false,
      text: "return redis.call('INCR', KEYS[1])",
    }
    const run = (): Promise<unknown> => connected.link.evaluate(increment, ['n'], [], 1_000)
    expect(await run()).to.equal(1)
    await server.ask('SCRIPT', 'FLUSH')
    expect(await Promise.all([run(), run(), run()])).to.deep.equal([2, 3, 4])
    expect(await run()).to.equal(5)
  })

  it('F13: are sent as a whole for a user who may not name them', async () => {
    await connected.set('a', '1')
    await server.ask('ACL', 'SETUSER', 'default', '-evalsha')
    await Promise.all(['2', '3', '4'].map((value) => connected.set('a', value)))
    await connected.set('a', '5')
    expect(await connected.get('a')).to.deep.equal(Buffer.from('5'))
    // Three were refused, and none after them tried.
    expect(await calls()).to.deep.equal({ eval: 6, evalsha: 0 })
  })

  it('fail as they do without a digest', async () => {
    const failing = {
      name: 'failing',
      readOnly: false,
      text: "return redis.error_reply('BAD it is')",
    }
    for (let time = 0; time < 3; time += 1) {
      const error = await connected.link.evaluate(failing, ['x'], [], 1_000).catch(itself)
      expect(error).to.be.instanceOf(RedisReplyError)
      expect(error).to.include({ reply: 'BAD' })
    }
  })

  /** How often each was run. */
  async function calls(): Promise<Record<'eval' | 'evalsha', number>> {
    const text = String(await server.ask('INFO', 'commandstats'))
    const callsOf = (name: string): number =>
      Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(text)?.[1] ?? 0)
    return { eval: callsOf('eval'), evalsha: callsOf('evalsha') }
  }
})

function itself(error: unknown): unknown {
  return error
}
