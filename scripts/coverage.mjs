import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { run } from './run.mjs'

/**
 * Runs the compiled tests and measures which lines and branches of src/ they reach: at least 95 % of
 * all lines, and every branch of the engine and of the keys. A file that no test loads counts as not
 * reached; one that only declares types has nothing to reach, and is left out.
 *
 * Usage: `npm run coverage`.
 */
const TESTS = ['mocha', 'out/test/**/*.test.js']
const EVERYTHING = ['report', '--check-coverage', '--lines', '95']
const CORE = [
  'report',
  '--check-coverage',
  '--lines',
  '0',
  '--branches',
  '100',
  '--reporter',
  'text',
]

const leftOut = filesOfTypesOnly().flatMap((file) => ['--exclude', file])
for (const what of [TESTS, EVERYTHING, [...CORE, '--include', 'src/{engine,keys}/**']]) {
  const { code } = await run('npx', ['c8', ...leftOut, ...what], { echo: true })
  process.exitCode ||= code
}

/** What the compiler makes of them says nothing but that they are modules. */
function filesOfTypesOnly() {
  return readdirSync('out/src', { recursive: true })
    .filter((file) => file.endsWith('.js') && isEmpty(readFileSync(join('out/src', file), 'utf8')))
    .map((file) => join('src', file.replace(/\.js$/, '.ts')))
}

function isEmpty(text) {
  return /^export \{\};?$/.test(text.replace(/^\/\/#.*$/gm, '').trim())
}
