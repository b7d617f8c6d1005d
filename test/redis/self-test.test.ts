import { expect } from 'chai'

import { selfTest } from '../../src/redis/self-test.js'
import { eventually } from '../support/eventually.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { closeAll, Connected } from './connected.js'

describe('selfTest', () => {
  let server: RedisServer

  before(async () => {
    server = await startRedis()
  })

  afterEach(async () => {
    await closeAll()
    await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  })

  after(async () => {
    await server.stop()
  })

  it('F13: finds nothing amiss, and leaves nothing behind', async () => {
    const connected = await as('+@all')
    expect(await connected.connections.selfTest()).to.deep.equal({ usable: true, problems: [] })
    expect(await server.ask('DBSIZE')).to.equal(0)
    expect(connected.events.map(({ kind }) => kind)).to.deep.equal(['ready'])
  })

  it('F13: is content with what the cache needs and no more', async () => {
    const connected = await as(
      '-@all',
      ...'eval evalsha get xread info ping wait client|setname'
        .split(' ')
        .map((name) => `+${name}`),
      ...'del time hset hget hlen hkeys hdel pexpire pttl set mget xadd xrevrange'
        .split(' ')
        .map((name) => `+${name}`),
    )
    expect(await connected.connections.selfTest()).to.deep.equal({ usable: true, problems: [] })
  })

  it('F13: refuses a server that runs no scripts, in one message, and never uses it unfenced', async () => {
    const connected = await refused('+@all', '-eval', '-xread', '-info', '-wait', '-client')
    const messages = connected.events.filter(({ kind }) => kind === 'refused')
    expect(messages).to.have.lengthOf(1)
    for (const right of ['+eval', '+xread', '+info', '+wait']) {
      expect(messages[0]?.message).to.include(right)
    }
    expect((await connected.try()).error).to.equal('RedisUnavailableError')
    expect((await connected.tryWrite()).error).to.equal('RedisUnavailableError')
    expect(connected.connections.isReady).to.equal(false)
    expect(connected.connections.refusal).to.match(/\+eval/)
  })

  it('F13: names every command that scripts lack', async () => {
    const connected = await refused('+@all', '-hset', '-del', '-xadd')
    expect(connected.connections.refusal).to.match(/lacks \+del \+hset \+xadd,/)
  })

  it('F13: names the keys that the user may not touch', async () => {
    const other = await refusedWith(['~other:*', '+@all'])
    expect(other.connections.refusal).to.include('~app*').and.include('~{app*')
    const half = await refusedWith(['~app*', '+@all'])
    expect(half.connections.refusal).to.include('lacks ~{app*,')
  })

  it('F13: uses a server that only the log cannot be followed on, and says so', async () => {
    const connected = await as('+@all', '-xread')
    const [, warning] = connected.events
    expect(warning?.kind).to.equal('warning')
    expect(warning?.message).to.match(/lacks \+xread, so the log of invalidations/)
  })

  it('F52: needs neither CONFIG nor KEYS nor FLUSHALL nor the right to name itself', async () => {
    const connected = await as('+@all', '-config', '-keys', '-flushall', '-client', '-cluster')
    expect(connected.events.map(({ kind }) => kind)).to.deep.equal(['ready'])
  })

  it('F20: warns of a policy that evicts what entries are checked against', async () => {
    await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    for (const rights of [['+@all'], ['+@all', '-info']]) {
      const connected = await as(...rights)
      const { problems } = await connected.connections.selfTest()
      expect(problems.join()).to.match(/maxmemory-policy allkeys-lru/)
    }
  })

  it('F19: passes when memory is full', async () => {
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    const connected = await as('+@all')
    expect(await connected.connections.selfTest()).to.deep.equal({ usable: true, problems: [] })
  })

  it('F13: uses nothing before version 7, whose scripts cannot say that they only read', async () => {
    const information = (version: string): string => `run_id:x\r\nredis_version:${version}\r\n`
    const verdicts = await Promise.all(
      ['6.2.14', '7.0.15', '8.0.1', '10.0.0'].map(async (version) => {
        const answer = (name: string): unknown => (name === 'info' ? information(version) : [])
        const { usable, problems } = await selfTest(
          async (_, __, name) => answer(name),
          'app',
          false,
        )
        return usable || problems
      }),
    )
    expect(verdicts).to.deep.equal([
      ['version 6.2.14 is older than the required 7.0'],
      true,
      true,
      true,
    ])
  })

  async function as(...rights: string[]): Promise<Connected> {
    return (await user(['~*', ...rights])).ready()
  }

  async function refused(...rights: string[]): Promise<Connected> {
    return refusedWith(['~*', ...rights])
  }

  async function refusedWith(rights: string[]): Promise<Connected> {
    const connected = await user(rights)
    await eventually(() => connected.connections.refusal)
    return connected
  }

  async function user(rights: string[]): Promise<Connected> {
    await server.ask('ACL', 'SETUSER', 'user', 'reset', 'on', '>x', ...rights)
    return new Connected(`redis://user:x@127.0.0.1:${server.port}`)
  }
})
