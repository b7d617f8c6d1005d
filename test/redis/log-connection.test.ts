import { expect } from 'chai'

import type { InvalidationLog } from '../../src/tiers/shared-store.js'
import { type ChaosProxy, startProxy } from '../support/proxy.js'
import { type RedisServer, startRedis } from '../support/servers.js'
import { closeAll, Connected, outcomeOf } from './connected.js'

const LOG = '{app#log}:stream'
const TAIL = '{app#log}:tail'

describe('LogConnection', () => {
  let server: RedisServer
  let proxy: ChaosProxy
  let log: InvalidationLog

  before(async () => {
    server = await startRedis()
    proxy = await startProxy(server)
  })

  beforeEach(async () => {
    await server.ask('FLUSHALL')
    const connected = await new Connected(proxy.url).ready()
    log = connected.connections.openLog({ log: LOG, tail: TAIL })
  })

  afterEach(async () => {
    await closeAll()
    proxy.clear()
  })

  after(async () => {
    await proxy.close()
    await server.stop()
  })

  it('I21: makes a tail where there is none, with an end to its life, and finds it again', async () => {
    const first = await log.attach()
    expect(first.id).to.equal('0-0')
    expect(first.tail).to.match(/^[\w-]{16}$/)
    expect(await log.attach()).to.deep.equal(first)
    expect(await log.tail()).to.equal(first.tail)
    expect(await server.ask('PTTL', TAIL)).to.be.within(1, 7 * 86_400_000)
  })

  it('I21: takes position and tail of a log that is there', async () => {
    await append('a', '')
    const id = await append('b', 'a')
    await server.ask('SET', TAIL, 'b')
    expect(await log.attach()).to.deep.equal({ id, tail: 'b' })
  })

  it('I21: knows no tail after a flush', async () => {
    await log.attach()
    await server.ask('FLUSHALL')
    expect(await log.tail()).to.equal(undefined)
  })

  it('F40: replaces what is no log and no tail', async () => {
    await server.ask('SET', LOG, 'squatter')
    await server.ask('LPUSH', TAIL, 'squatter')
    const position = await log.attach()
    expect(position.id).to.equal('0-0')
    expect(position.tail).to.match(/^[\w-]{16}$/)
    expect(await log.attach()).to.deep.equal(position)
    await append('a', position.tail)
    expect(await log.readAfter('0-0', 1)).to.have.lengthOf(1)
  })

  it('F19: attaches when memory is full', async () => {
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    try {
      const position = await log.attach()
      expect(await log.tail()).to.equal(position.tail)
    } finally {
      await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    }
  })

  it('reads what came after a position, and waits for the first message', async () => {
    const first = await append('a', '')
    const reading = log.readAfter(first, 2_000)
    const second = await append('b', 'a')
    expect(await reading).to.deep.equal([
      { id: second, token: 'b', previous: 'a', origin: 'me', names: ['x'] },
    ])
    expect(await log.readAfter(second, 1)).to.deep.equal([])
  })

  it('reads a thousand messages at a time', async () => {
    for (let index = 0; index < 1_001; index += 1) await append(String(index), '')
    const messages = await log.readAfter('0-0', 1)
    expect(messages).to.have.lengthOf(1_000)
    expect(await log.readAfter(messages.at(-1)?.id ?? '', 1)).to.have.lengthOf(1)
  })

  it('I21: answers for the tail before a blocking read blocks, when both are asked in one tick', async () => {
    const { tail } = await log.attach()
    let hasRead = false
    const asked = log.tail()
    const reading = log.readAfter('0-0', 1_000).then((messages) => {
      hasRead = true
      return messages
    })
    expect(await asked).to.equal(tail)
    expect(hasRead).to.equal(false)
    await append('a', tail)
    expect(await reading).to.have.lengthOf(1)
  })

  it('I21: holds up no command of the cache while it blocks', async () => {
    const connected = await new Connected(server.url).ready()
    const other = connected.connections.openLog({ log: LOG, tail: TAIL })
    const reading = other.readAfter('0-0', 1_000)
    expect((await connected.try('key', 500)).error).to.equal(undefined)
    expect((await connected.tryWrite('key', 500)).error).to.equal(undefined)
    await append('a', '')
    await reading
  })

  it('F7: gives up on a silent connection at the time to block and 700 ms, and gets another', async () => {
    await log.attach()
    proxy.lost = 'both'
    const { error, took } = await outcomeOf(() => log.readAfter('0-0', 100))
    expect(error).to.equal('RedisUnavailableError')
    expect(took).to.be.within(790, 2_400)
    log.reconnect()
    proxy.clear()
    expect(await log.tail()).to.be.a('string')
  })

  it('F34: waits for a connection up to the deadline of each call', async () => {
    await log.attach()
    proxy.kill()
    expect((await outcomeOf(() => log.readAfter('0-0', 0))).error).to.equal('RedisUnavailableError')
    expect(await log.tail()).to.be.a('string')
  })

  it('I29: takes no call after it was closed', async () => {
    await log.attach()
    log.close()
    expect((await outcomeOf(() => log.tail())).error).to.equal('RedisUnavailableError')
  })

  async function append(token: string, previous: string): Promise<string> {
    const fields = ['t', token, 'p', previous, 'o', 'me', 'n', '["x"]']
    return String(await server.ask('XADD', LOG, '*', ...fields))
  }
})
