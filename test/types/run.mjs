/**
 * Compiles the type tests with every supported compiler, as legacy and as standard decorators.
 * What must not compile carries a `@ts-expect-error`, so a check that stops working is an error too.
 * What compilers say about the mistakes in messages/ is compared with the `says:` comments there: they
 * are part of the same program, since most of a compiler's time goes into what all files share.
 *
 * Prints a line for each run, and where it failed; `tsc -p` on the same project says why.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { run } from '../../scripts/run.mjs'
import { unsaid } from './messages/unsaid.mjs'

const COMPILERS = ['typescript-5', 'typescript-6', 'typescript']
const DIALECTS = ['legacy', 'standard']

/** Two at a time: more would only wait for one another on a small machine. */
const AT_ONCE = 2

/** A place in what must not compile: `unsaid` looks at those. */
const IN_MESSAGES = /^\S*messages\/[\w-]+\.ts\(/

const waiting = COMPILERS.flatMap((compiler) => DIALECTS.map((dialect) => ({ compiler, dialect })))
let failures = 0

await Promise.all(Array.from({ length: AT_ONCE }, work))
process.exitCode = failures === 0 ? 0 : 1

async function work() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { compiler, dialect } = next
    const { output } = await compile(compiler, `tsconfig.${dialect}.json`)
    report('types', compiler, dialect, places(output))
    report('messages', compiler, dialect, unsaid(output))
  }
}

function report(what, compiler, dialect, problems) {
  if (problems !== '') failures += 1
  const outcome = problems === '' ? 'passed' : 'FAILED'
  process.stdout.write(`${outcome}: ${what}, TypeScript ${versionOf(compiler)}, ${dialect}\n`)
  if (problems !== '') process.stdout.write(`${problems}\n`)
}

function compile(compiler, project) {
  const path = fileURLToPath(new URL(project, import.meta.url))
  const binary = fileURLToPath(modulePath(compiler, 'bin/tsc'))
  return run(process.execPath, [binary, '-p', path, '--pretty', 'false'])
}

/** The compiler's errors without its explanations, which are long: those lines are indented. */
function places(output) {
  return output
    .split('\n')
    .filter((line) => /^\S/.test(line) && !IN_MESSAGES.test(line))
    .join('\n')
}

function versionOf(compiler) {
  return JSON.parse(readFileSync(modulePath(compiler, 'package.json'), 'utf8')).version
}

function modulePath(compiler, path) {
  return new URL(`../../node_modules/${compiler}/${path}`, import.meta.url)
}
