import { findProgram } from './find-program.js'
import { installPackage } from './install-package.js'

let installed: Promise<string> | undefined

/** The server binary: the one on PATH, else the one that apt-get brings. */
export async function redisBinary(): Promise<string> {
  return (await redisBinaryOnPath()) ?? (await installRedis())
}

/** `REDIS_BINARY` where it is set, else the first `redis-server` or `valkey-server` on PATH. */
export async function redisBinaryOnPath(): Promise<string | undefined> {
  const chosen = process.env['REDIS_BINARY'] ?? ''
  return chosen === '' ? findProgram('redis-server', 'valkey-server') : chosen
}

/**
 * Installs Debian's redis-server, once per process, and returns its path.
 *
 * @throws Error where this is not root on Debian or Ubuntu, or apt-get fails
 */
export function installRedis(): Promise<string> {
  installed ??= install()
  return installed
}

async function install(): Promise<string> {
  await installPackage('redis-server')
  const path = await findProgram('redis-server')
  if (path === undefined) throw new Error('apt-get installed no redis-server')
  return path
}
