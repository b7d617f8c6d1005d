import { connect, type Socket } from 'node:net'

import { expect } from 'chai'

import { type EchoServer, startEcho } from './echo-server.js'
import { eventually } from './eventually.js'
import { freePort } from './free-port.js'
import { type ChaosProxy, startProxy } from './proxy.js'

describe('ChaosProxy', () => {
  let echo: EchoServer
  let proxy: ChaosProxy

  beforeEach(async () => {
    echo = await startEcho()
    proxy = await startProxy({ port: echo.port }, { seed: 7 })
  })

  afterEach(async () => {
    await proxy.close()
    await echo.close()
  })

  it('passes everything on, both ways, and the end too', async () => {
    const client = await Client.connect(proxy.port)
    client.send('hello')
    await eventually(() => client.received === 'hello')
    expect([proxy.accepted, proxy.open]).to.deep.equal([1, 1])
    client.end()
    await client.closed
    expect(client.failure).to.equal(undefined)
    await eventually(() => proxy.open === 0)
  })

  it('delays bytes each way and never lets them overtake one another', async () => {
    proxy.latency = 20
    proxy.jitter = 30
    const client = await Client.connect(proxy.port)
    const begin = performance.now()
    let sent = ''
    for (let number = 0; number < 50; number += 1) {
      client.send(`${number};`)
      sent += `${number};`
      await new Promise((resolve) => setImmediate(resolve))
    }
    await eventually(() => client.received.length === sent.length)
    expect(client.received).to.equal(sent)
    expect(performance.now() - begin).to.be.at.least(40)
  })

  it('loses both ways in silence, and keeps the connection open', async () => {
    const client = await Client.connect(proxy.port)
    await client.exchange('before')
    proxy.lost = 'both'
    client.send('lost')
    await eventually(() => proxy.seen.requests === 'beforelost'.length)
    proxy.lost = 'none'
    await client.exchange('after')
    expect(client.received).to.equal('beforeafter')
    expect(client.isOpen).to.equal(true)
  })

  it('loses only replies: the server has done what it was asked', async () => {
    const client = await Client.connect(proxy.port)
    proxy.lost = 'replies'
    client.send('asked')
    await eventually(() => echo.received === 'asked')
    expect(client.received).to.equal('')
    expect(client.isOpen).to.equal(true)
  })

  it('loses only requests: the server can still speak', async () => {
    const client = await Client.connect(proxy.port)
    await client.exchange('hello')
    proxy.lost = 'requests'
    client.send('unheard')
    echo.say('news')
    await eventually(() => client.received === 'hellonews')
    expect(echo.received).to.equal('hello')
  })

  it('tells nobody of an end while bytes are lost, and everybody afterwards', async () => {
    const client = await Client.connect(proxy.port)
    await client.exchange('hello')
    proxy.lost = 'both'
    client.destroy()
    await client.closed
    expect(echo.lastSocket().closed).to.equal(false)
    proxy.lost = 'none'
    await eventually(() => echo.lastSocket().closed)
  })

  it('keeps bytes while it is held and delivers them afterwards', async () => {
    const client = await Client.connect(proxy.port)
    await client.exchange('hello')
    proxy.held = true
    client.send('one')
    client.send('two')
    await eventually(() => proxy.seen.requests === 'helloonetwo'.length)
    expect(echo.received).to.equal('hello')
    proxy.held = false
    await eventually(() => client.received === 'helloonetwo')
  })

  it('resets whoever connects while it refuses', async () => {
    proxy.refusing = true
    const client = await Client.connect(proxy.port)
    await client.closed
    expect(client.failure).to.equal('ECONNRESET')
    proxy.refusing = false
    await (await Client.connect(proxy.port)).exchange('hello')
  })

  it('cuts a reply in its middle, after exactly the bytes it was told', async () => {
    proxy.cutAfter = 7
    const client = await Client.connect(proxy.port)
    await client.exchange('1234')
    client.send('5678')
    await client.closed
    expect(client.received).to.equal('1234567')
  })

  it('changes one byte of a reply, the same one for the same seed', async () => {
    proxy.corruption = 1
    const client = await Client.connect(proxy.port)
    client.send('a'.repeat(20))
    await eventually(() => client.received.length === 20)
    expect(client.received.replaceAll('a', '')).to.have.lengthOf(1)
    expect(echo.received).to.equal('a'.repeat(20))

    const twin = await startProxy({ port: echo.port }, { seed: 7 })
    twin.corruption = 1
    const other = await Client.connect(twin.port)
    other.send('a'.repeat(20))
    await eventually(() => other.received.length === 20)
    await twin.close()
    expect(other.received).to.equal(client.received)
  })

  it('kills open connections at both ends and accepts new ones', async () => {
    const client = await Client.connect(proxy.port)
    await client.exchange('hello')
    const server = echo.lastSocket()
    proxy.kill()
    await client.closed
    expect(client.failure).to.equal('ECONNRESET')
    await eventually(() => server.closed)
    await (await Client.connect(proxy.port)).exchange('again')
    expect(proxy.accepted).to.equal(2)
  })

  it('resets a client when there is no server behind it', async () => {
    const lonely = await startProxy({ port: await freePort() })
    const client = await Client.connect(lonely.port)
    await client.closed
    expect(client.failure).to.equal('ECONNRESET')
    await lonely.close()
  })

  it('puts everything right again when it is cleared', async () => {
    Object.assign(proxy, { latency: 5_000, cutAfter: 0, corruption: 1, refusing: true })
    proxy.lost = 'both'
    proxy.held = true
    proxy.clear()
    await (await Client.connect(proxy.port)).exchange('hello')
  })
})

class Client {
  readonly closed: Promise<void>
  received = ''
  failure: string | undefined
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve())
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = error.code
    })
    socket.on('data', (bytes) => {
      // One character per byte, so that a broken byte is one broken character.
      this.received += bytes.toString('latin1')
    })
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const client = new Client(socket)
    const connected = new Promise<void>((resolve) => {
      socket.once('connect', resolve)
    })
    await Promise.race([connected, client.closed])
    return client
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  send(text: string): void {
    this.#socket.write(text)
  }

  /** Sends `text` and waits until it has come back. */
  async exchange(text: string): Promise<void> {
    const expected = this.received + text
    this.send(text)
    await eventually(() => this.received === expected)
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.resetAndDestroy()
  }
}
