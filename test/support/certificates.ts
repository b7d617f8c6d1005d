import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { findProgram } from './find-program.js'
import { installPackage } from './install-package.js'
import { runCommand } from './run-command.js'
import { removeFolder, temporaryFolder } from './temporary-folder.js'

/** What is right or wrong about a server's certificate. */
export type CertificateKind =
  /** For 127.0.0.1 and localhost, signed by the authority, valid for two days. */
  | 'valid'
  /** Signed by its own key. */
  | 'self-signed'
  /** Its validity ended yesterday. */
  | 'expired'
  /** For `elsewhere.invalid`. */
  | 'wrong-host'

/** Files of one server certificate, made for this run. */
export interface Certificate {
  readonly keyFile: string
  readonly certificateFile: string
  readonly authorityFile: string
  /** Removes the files. They go with the process in any case. */
  remove(): Promise<void>
}

const NAMES = 'IP:127.0.0.1,DNS:localhost'
const OTHER_NAMES = 'DNS:elsewhere.invalid'

/**
 * Makes a certificate authority of its own, and by it one server certificate, with openssl, which is
 * installed first where there is none.
 */
export async function makeCertificate(kind: CertificateKind): Promise<Certificate> {
  if ((await findProgram('openssl')) === undefined) await installPackage('openssl')
  const folder = await temporaryFolder('tls')
  const openssl = (line: string): Promise<string> =>
    runCommand('openssl', line.split(' '), { directory: folder })
  const names = kind === 'wrong-host' ? OTHER_NAMES : NAMES
  await writeFile(join(folder, 'extensions'), `subjectAltName=${names}\n`)

  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  await openssl(
    `req -x509 ${newKey} -keyout authority.key -out authority.crt -days 2 -subj /CN=test-authority`,
  )
  if (kind === 'self-signed') {
    await openssl(
      `req -x509 ${newKey} -keyout server.key -out server.crt -days 2 -subj /CN=localhost -addext subjectAltName=${names}`,
    )
  } else {
    const days = kind === 'expired' ? -1 : 2
    await openssl(`req ${newKey} -keyout server.key -out server.csr -subj /CN=localhost`)
    await openssl(
      `x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days ${days} -extfile extensions -out server.crt`,
    )
  }
  return {
    keyFile: join(folder, 'server.key'),
    certificateFile: join(folder, 'server.crt'),
    authorityFile: join(folder, 'authority.crt'),
    remove: () => removeFolder(folder),
  }
}
