import { connect } from 'node:tls'

import { expect } from 'chai'

import type { CertificateKind } from './certificates.js'
import { startTlsRedis } from './servers.js'

describe('startTlsRedis', function () {
  // The first certificate may have to wait for openssl to be installed.
  this.timeout(120_000)

  it('serves clients that trust its authority', async () => {
    const redis = await startTlsRedis()
    try {
      expect(redis.server.url).to.match(/^rediss:/)
      expect(await redis.server.client().ping()).to.equal('PONG')
    } finally {
      await redis.stop()
    }
  })

  const refusals: [CertificateKind, string][] = [
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['expired', 'CERT_HAS_EXPIRED'],
    ['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ]
  for (const [kind, code] of refusals) {
    it(`is refused with ${code} when its certificate is ${kind}`, async () => {
      const redis = await startTlsRedis(kind)
      try {
        expect(await complaint(redis.server.port, redis.authority)).to.equal(code)
      } finally {
        await redis.stop()
      }
    })
  }
})

/** The code of the error with which a client refuses the server, or `none`. */
function complaint(port: number, authority: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', ca: authority })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('secureConnect', () => {
      socket.destroy()
      resolve('none')
    })
  })
}
