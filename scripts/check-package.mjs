import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { build } from './build.mjs'
import { run } from './run.mjs'

/** Builds the package, packs it as it would be published, and has two tools look at the tarball. */
const folder = mkdtempSync(join(tmpdir(), 'cachewright-package-'))
try {
  process.exitCode = await check()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function check() {
  if (!(await build())) return 1
  if (await failed('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder])) {
    return 1
  }
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (name === undefined) return 1
  const tarball = join(folder, name)
  const results = [
    await failed('npx', ['publint', 'run', tarball, '--strict']),
    await failed('npx', ['attw', tarball, '--profile', 'esm-only', '--no-emoji']),
  ]
  return results.includes(true) ? 1 : 0
}

async function failed(command, commandArguments) {
  const { code, output } = await run(command, commandArguments)
  if (code !== 0) console.log(output)
  return code !== 0
}
