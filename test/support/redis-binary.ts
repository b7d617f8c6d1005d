import { existsSync } from 'node:fs'
import { access, constants, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

import { runCommand } from './run-command.js'

const NAMES = ['redis-server', 'valkey-server']

/** Debian asks this file whether it may start the service of a package that it has just installed. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d'

let installed: Promise<string> | undefined

/** The server binary: the one on PATH, else the one that apt-get brings. */
export async function redisBinary(): Promise<string> {
  return (await redisBinaryOnPath()) ?? (await installRedis())
}

/** `REDIS_BINARY` where it is set, else the first `redis-server` or `valkey-server` on PATH. */
export async function redisBinaryOnPath(): Promise<string | undefined> {
  const chosen = process.env['REDIS_BINARY']
  if (chosen !== undefined && chosen !== '') return chosen
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const name of NAMES) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (await isExecutable(path)) return path
    }
  }
  return undefined
}

/**
 * Installs Debian's redis-server, once per process, and returns its path. No service is started.
 *
 * @throws Error where this is not root on Debian or Ubuntu, or apt-get fails
 */
export function installRedis(): Promise<string> {
  installed ??= install()
  return installed
}

async function install(): Promise<string> {
  if (process.getuid?.() !== 0) throw new Error('apt-get needs root')
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(system)) throw new Error('not Debian or Ubuntu')

  await aptGet('update')
  const mustForbidServices = !existsSync(SERVICE_POLICY)
  if (mustForbidServices) {
    await writeFile(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  }
  try {
    await aptGet('install', '--yes', '--no-install-recommends', 'redis-server')
  } finally {
    if (mustForbidServices) await rm(SERVICE_POLICY)
  }
  const path = '/usr/bin/redis-server'
  if (!(await isExecutable(path))) throw new Error(`apt-get installed no ${path}`)
  return path
}

async function aptGet(...aptArguments: string[]): Promise<void> {
  await runCommand('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...aptArguments], {
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 300_000,
  })
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
