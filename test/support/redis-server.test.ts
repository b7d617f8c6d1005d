import { existsSync } from 'node:fs'

import { expect } from 'chai'

import { freePort } from './free-port.js'
import { type RedisServer, startRedis } from './servers.js'

describe('startRedis', () => {
  let server: RedisServer | undefined

  afterEach(async () => {
    await server?.stop()
  })

  it('starts a server of its own, and removes everything when it is stopped', async () => {
    const own = (server = await startRedis())
    const client = own.client()
    await client.set('key', 'value')
    expect(await client.get('key')).to.equal('value')

    const { pid, directory } = own
    await own.stop()
    expect(isAlive(pid)).to.equal(false)
    expect(existsSync(directory)).to.equal(false)
    expect(client.status).to.equal('end')
    expect(Number.isNaN(own.pid)).to.equal(true)
  })

  it('starts servers side by side on ports of their own', async () => {
    const servers = await Promise.all([startRedis(), startRedis(), startRedis()])
    try {
      expect(new Set(servers.map(({ port }) => port))).to.have.lengthOf(3)
      const replies = await Promise.all(servers.map((one) => one.ask('PING')))
      expect(replies).to.deep.equal(['PONG', 'PONG', 'PONG'])
    } finally {
      await Promise.all(servers.map((one) => one.stop()))
    }
  })

  it('passes arguments on', async () => {
    server = await startRedis(['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction'])
    expect(await server.ask('CONFIG', 'GET', 'maxmemory')).to.deep.equal(['maxmemory', '8388608'])
  })

  it('comes back empty on its port after a kill, and its clients with it', async () => {
    const own = (server = await startRedis())
    const client = own.client()
    await client.set('key', 'value')
    const { pid, port } = own
    await own.kill()
    expect(own.isRunning).to.equal(false)
    await own.start()
    expect(own.port).to.equal(port)
    expect(own.pid).not.to.equal(pid)
    expect(await client.get('key')).to.equal(null)
  })

  it('finds what it saved in its directory after a restart', async () => {
    server = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
    const client = server.client()
    await client.set('key', 'value')
    await server.restart()
    expect(await client.get('key')).to.equal('value')
  })

  it('answers nothing while it is frozen, and everything afterwards', async () => {
    server = await startRedis()
    const client = server.client({ commandTimeout: 100 })
    await client.ping()
    server.freeze()
    const outcome = await client.set('key', 'late').catch((error: unknown) => String(error))
    expect(outcome).to.match(/timed out/)
    server.thaw()
    expect(await server.client().get('key')).to.equal('late')
  })

  it('fails with the last words of a server that does not start', async () => {
    const outcome = await startRedis(['--maxmemory', 'plenty']).catch(String)
    expect(outcome).to.match(/maxmemory[^]*plenty/)
  })

  it('fails on a fixed port that is taken, and takes another one otherwise', async () => {
    server = await startRedis()
    const outcome = await startRedis([], { port: server.port }).catch(String)
    expect(outcome).to.match(/ended before it was ready/)
  })
})

describe('freePort', () => {
  it('keeps below the ports that the system gives to clients', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => freePort(10_000)))
    expect(ports.every((port) => port >= 10_000 && port < 32_000)).to.equal(true)
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
