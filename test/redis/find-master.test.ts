import { createServer, type Server } from 'node:net'

import { expect } from 'chai'
import { Redis } from 'ioredis'

import { systemClock } from '../../src/clock.js'
import { Dialer } from '../../src/redis/dialer.js'
import { findMaster } from '../../src/redis/find-master.js'
import type { Endpoint } from '../../src/redis/endpoint.js'
import { ConnectionFailure } from '../../src/redis/redaction.js'
import { resolveRedis } from '../../src/redis/resolve-redis.js'
import { failureOf } from '../support/failure-of.js'
import { freePort } from '../support/free-port.js'

/** What a sentinel does: names a master, says that it knows none ('unknown'), or nothing ('silent'). */
type Behaviour = string

describe('findMaster', () => {
  const servers: Server[] = []

  afterEach(async () => {
    await Promise.all(
      servers.splice(0).map(
        (server) =>
          new Promise((resolve) => {
            server.close(resolve)
          }),
      ),
    )
  })

  it('F27: believes most of the sentinels, not the first', async () => {
    expect(await find('10.0.0.1', '10.0.0.2', '10.0.0.2')).to.deep.equal(at('10.0.0.2'))
  })

  it('F27: waits for no silent sentinel once most agree', async () => {
    const begun = performance.now()
    expect(await find('10.0.0.1', 'silent', '10.0.0.1')).to.deep.equal(at('10.0.0.1'))
    expect(performance.now() - begun).to.be.lessThan(250)
  })

  it('F27: takes what it has after a while, where most are silent', async () => {
    const begun = performance.now()
    expect(await find('silent', 'silent', '10.0.0.1')).to.deep.equal(at('10.0.0.1'))
    expect(performance.now() - begun).to.be.at.least(245)
  })

  it('F27: does with one of three that knows', async () => {
    expect(await find('unknown', '10.0.0.1', 'unknown')).to.deep.equal(at('10.0.0.1'))
  })

  it('F27: fails where none knows, and at once where there are none', async () => {
    expect(await failureOf(find('unknown', 'unknown'))).to.include({ reason: 'master' })
    const gone = await freePort()
    const sentinels = await failureOf(findAt([{ host: '127.0.0.1', port: gone }]))
    expect(sentinels).to.include({ reason: 'master' })
  })

  it('gives up when it is told to', async () => {
    const controller = new AbortController()
    const finding = failureOf(find('silent', 'silent', controller.signal))
    controller.abort(new ConnectionFailure('silent'))
    expect(await finding).to.include({ reason: 'silent' })
  })

  async function find(...behaviours: (Behaviour | AbortSignal)[]): Promise<Endpoint> {
    const nodes: Endpoint[] = []
    let signal = new AbortController().signal
    for (const behaviour of behaviours) {
      if (typeof behaviour === 'string') nodes.push(await sentinel(behaviour))
      else signal = behaviour
    }
    return findAt(nodes, signal)
  }

  function findAt(nodes: Endpoint[], signal = new AbortController().signal): Promise<Endpoint> {
    const target = resolveRedis(
      { sentinel: { name: 'main', nodes } },
      () => (settings) => new Redis(settings),
    )
    const { topology } = target
    if (topology.kind !== 'sentinel') throw new Error(topology.kind)
    return findMaster(topology, new Dialer(target, systemClock), systemClock, signal)
  }

  async function sentinel(behaviour: Behaviour): Promise<Endpoint> {
    const port = await freePort()
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        if (!data.includes('get-master-addr-by-name')) socket.write('+OK\r\n')
        else if (behaviour === 'unknown') socket.write('*-1\r\n')
        else if (behaviour !== 'silent') {
          socket.write(`*2\r\n$${behaviour.length}\r\n${behaviour}\r\n$4\r\n6379\r\n`)
        }
      })
    })
    servers.push(server)
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve)
    })
    return { host: '127.0.0.1', port }
  }

  function at(host: string): Endpoint {
    return { host, port: 6_379 }
  }
})
