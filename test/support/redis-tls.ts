import { readFile } from 'node:fs/promises'

import { type CertificateKind, makeCertificate } from './certificates.js'
import { commandLine, defaultArguments, type RedisServer, startRedis } from './redis-server.js'

export interface TlsRedis {
  /** Its `url` begins with `rediss:`, and its `client` trusts the authority. */
  readonly server: RedisServer
  /** The certificate of the authority, in PEM: what a client must trust to accept a valid server. */
  readonly authority: string
  stop(): Promise<void>
}

/** Starts a Redis that speaks only TLS, asks no client for a certificate, and has one of `kind` itself. */
export async function startTlsRedis(kind: CertificateKind = 'valid'): Promise<TlsRedis> {
  const certificate = await makeCertificate(kind)
  const authority = await readFile(certificate.authorityFile, 'utf8')
  const settings = {
    'tls-cert-file': certificate.certificateFile,
    'tls-key-file': certificate.keyFile,
    'tls-ca-cert-file': certificate.authorityFile,
    'tls-auth-clients': 'no',
  }
  const prepare = async (directory: string, port: number): Promise<string[]> => [
    // Port 0: nothing listens without TLS.
    ...defaultArguments(0, directory),
    ...commandLine({ 'tls-port': port, ...settings }),
  ]
  const clientOptions = { tls: { ca: authority } }
  const server = await startRedis([], { prepare, scheme: 'rediss', clientOptions })
  return {
    server,
    authority,
    async stop() {
      await server.stop()
      await certificate.remove()
    },
  }
}
