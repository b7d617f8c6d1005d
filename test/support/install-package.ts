import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'

import { runCommand } from './run-command.js'

/** Debian asks this file whether it may start the service of a package that it has just installed. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d'

let updated: Promise<void> | undefined

/**
 * Installs a package of Debian or Ubuntu. No service is started. The lists of packages are fetched
 * once per process.
 *
 * @throws Error where this is not root on such a system, or apt-get fails
 */
export async function installPackage(name: string): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('apt-get needs root')
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(system)) throw new Error('not Debian or Ubuntu')

  updated ??= aptGet('update')
  await updated
  const mustForbidServices = !existsSync(SERVICE_POLICY)
  if (mustForbidServices) {
    await writeFile(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  }
  try {
    await aptGet('install', '--yes', '--no-install-recommends', name)
  } finally {
    if (mustForbidServices) await rm(SERVICE_POLICY)
  }
}

async function aptGet(...aptArguments: string[]): Promise<void> {
  await runCommand('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...aptArguments], {
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 300_000,
  })
}
