import { createServer, type Server, type Socket } from 'node:net'

import { expect } from 'chai'
import { Redis as Redis5 } from 'ioredis-5'

import type { RedisInput } from '../../src/redis/redis-options.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { closeAll, Connected } from './connected.js'

const SECRET = 'hunter2-secret'
const INFO = 'run_id:hostile\r\nredis_version:7.0.0\r\nrole:master\r\nmaster_replid:hostile\r\n'

describe('A server that means harm', () => {
  let server: Server
  let port: number
  let accepted: number
  const sockets = new Set<Socket>()
  /** What it answers to a read; everything else it answers as a Redis would. */
  let answer: string | Buffer
  let greeting: string

  beforeEach(async () => {
    accepted = 0
    answer = '+OK\r\n'
    greeting = ''
    port = await freePort()
    server = createServer(serve)
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve)
    })
  })

  afterEach(async () => {
    await closeAll()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })

  const drivers: Record<string, () => RedisInput> = {
    'ioredis 6': () => `redis://127.0.0.1:${port}`,
    'ioredis 5': () => new Redis5(port, { lazyConnect: true }),
  }
  for (const [name, input] of Object.entries(drivers)) {
    it(`S40: cannot end the process by a deeply nested reply, through ${name}`, async () => {
      const connected = await new Connected(input()).ready()
      answer = Buffer.from('*1\r\n'.repeat(200_000))
      const { error } = await connected.try('key', 2_000)
      expect(error).to.equal('RedisUnavailableError')
      answer = '+OK\r\n'
      await eventually(async () => (await connected.try()).error === undefined)
    })

    it(`S40: cannot change a prototype by a slot that is none, through ${name}`, async () => {
      const connected = await new Connected(input()).ready()
      for (const slot of ['__proto__', 'constructor', '99999']) {
        answer = `-MOVED ${slot} 127.0.0.1:${port}\r\n`
        expect((await connected.try()).error).to.equal('RedisReplyError')
      }
      expect(Object.keys(Array.prototype)).to.deep.equal([])
      expect(Object.hasOwn(Array.prototype, '0')).to.equal(false)
    })
  }

  it('S40: is a failed attempt when it speaks no Redis at all, and may say what it likes', async () => {
    greeting = `HTTP/1.1 400 ${SECRET}\r\n\r\n`
    const connected = new Connected(`redis://127.0.0.1:${port}`)
    await eventually(() => accepted >= 3)
    expect(connected.events).to.have.lengthOf(1)
    expect(connected.events[0]?.kind).to.equal('failed')
    expect(JSON.stringify(connected.events)).to.not.include(SECRET)
  })

  it('S34: has none of its words passed on', async () => {
    const connected = await new Connected(`redis://127.0.0.1:${port}`).ready()
    answer = `-${SECRET} ${SECRET}\r\n`
    const error: unknown = await connected.get('key').catch((reason: unknown) => reason)
    expect(String(error)).to.equal('RedisReplyError: Redis answered ERR')
  })

  function serve(socket: Socket): void {
    accepted += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    if (greeting !== '') socket.write(greeting)
    socket.on('data', (data) => {
      for (const command of data.toString().split(/(?=\*\d+\r\n\$)/)) socket.write(reply(command))
    })
  }

  function reply(command: string): string | Buffer {
    if (/\r\ninfo\r\n/i.test(command)) return `$${INFO.length}\r\n${INFO}\r\n`
    return /no-writes|evalsha/.test(command) ? answer : '+OK\r\n'
  }
})
