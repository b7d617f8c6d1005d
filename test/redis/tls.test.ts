import { inspect } from 'node:util'

import { expect } from 'chai'

import type { RedisConnectionOptions } from '../../src/redis/redis-options.js'
import { eventually } from '../support/eventually.js'
import {
  type CertificateKind,
  type RedisServer,
  startRedis,
  startTlsRedis,
  type TlsRedis,
} from '../support/servers.js'
import { closeAll, Connected } from './connected.js'

describe('TLS to Redis', () => {
  let redis: TlsRedis | undefined
  let plain: RedisServer | undefined

  afterEach(async () => {
    await closeAll()
    await redis?.stop()
    await plain?.stop()
    redis = undefined
    plain = undefined
  })

  it('F14: connects where the certificate is verified, by address and by name', async () => {
    const { server, authority } = (redis = await startTlsRedis())
    for (const host of ['127.0.0.1', 'localhost']) {
      const url = `rediss://${host}:${server.port}`
      const connected = await new Connected({ url, tls: { ca: authority } }).ready()
      expect(await connected.set('key', 'value', 1_000)).to.deep.equal(Buffer.from('OK'))
    }
  })

  it('F14: connects as a client of the user would', async () => {
    const { server } = (redis = await startTlsRedis())
    const connected = await new Connected(server.client()).ready()
    expect((await connected.try('key', 1_000)).error).to.equal(undefined)
  })

  const refused: Record<string, [CertificateKind, string]> = {
    'signed by itself': ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    expired: ['expired', 'CERT_HAS_EXPIRED'],
    'for another host': ['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  }
  for (const [name, [kind, code]] of Object.entries(refused)) {
    it(`F14: refuses a certificate that is ${name}, and says so once`, async () => {
      const { server, authority } = (redis = await startTlsRedis(kind))
      const options = { url: server.url, tls: { ca: authority } }
      const connected = await failing(options)
      expect(connected.events.map(({ message }) => message)).to.deep.equal([
        `Redis 127.0.0.1:${server.port}: cannot connect, the TLS handshake failed (${code}); trying again`,
      ])
      expect((await connected.try()).error).to.equal('RedisUnavailableError')
    })
  }

  it('F14: refuses an authority that nobody named', async () => {
    const { server } = (redis = await startTlsRedis())
    const connected = await failing({ url: server.url })
    expect(connected.events[0]?.message).to.match(/the TLS handshake failed/)
  })

  it('F14: takes any certificate where that is asked for by its dangerous name, with a loud warning', async () => {
    const { server } = (redis = await startTlsRedis('self-signed'))
    const options = { url: server.url, dangerouslyAllowInsecureTls: true }
    const connected = await new Connected(options).ready()
    expect(connected.events[0]?.kind).to.equal('warning')
    expect(connected.events[0]?.message).to.match(/NOT verified/)
  })

  it('F14: says why it gets nowhere with a server that speaks no TLS', async () => {
    plain = await startRedis()
    const connected = await failing({ host: '127.0.0.1', port: plain.port, tls: true })
    expect(connected.events[0]?.message).to.match(/the TLS handshake failed \(HANDSHAKE_TIMEOUT\)/)
  })

  it('F14: says why it gets nowhere without TLS where TLS is spoken', async () => {
    const { server } = (redis = await startTlsRedis())
    const connected = await failing({ port: server.port })
    expect(connected.events[0]?.message).to.match(/connection broke|Redis protocol/)
    expect(inspect(connected.events)).to.not.match(/undefined/)
  })

  async function failing(options: RedisConnectionOptions): Promise<Connected> {
    let attempts = 0
    const password = (): string => String((attempts += 1))
    const connected = new Connected({ ...options, password })
    // Later attempts fail for the same reason, which is not told again.
    await eventually(() => attempts > 3)
    expect(connected.events).to.have.lengthOf(1)
    return connected
  }
})
