/**
 * Compiles the type tests with every supported compiler, as legacy and as standard decorators.
 * What must not compile carries a `@ts-expect-error`, so a check that stops working is an error too.
 * What compilers say about mistakes is compared with the `says:` comments in messages/.
 *
 * Prints a line for each run, and where it failed; `tsc -p` on the same project says why.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { unsaid } from './messages/unsaid.mjs'

const COMPILERS = ['typescript-5', 'typescript-6', 'typescript']
const DIALECTS = ['legacy', 'standard']

let failures = 0
for (const compiler of COMPILERS) {
  for (const dialect of DIALECTS) {
    const { status, stdout } = compile(compiler, `tsconfig.${dialect}.json`)
    report('types', compiler, dialect, status === 0 ? '' : places(stdout))
    report('messages', compiler, dialect, unsaid(compileMessages(compiler, dialect)))
  }
}
process.exitCode = failures === 0 ? 0 : 1

function report(what, compiler, dialect, problems) {
  if (problems !== '') failures += 1
  const outcome = problems === '' ? 'passed' : 'FAILED'
  process.stdout.write(`${outcome}: ${what}, TypeScript ${versionOf(compiler)}, ${dialect}\n`)
  if (problems !== '') process.stdout.write(`${problems}\n`)
}

function compileMessages(compiler, dialect) {
  const isLegacy = String(dialect === 'legacy')
  const flags = ['--experimentalDecorators', isLegacy, '--emitDecoratorMetadata', isLegacy]
  return compile(compiler, 'messages/tsconfig.json', '--pretty', 'false', ...flags).stdout
}

function compile(compiler, project, ...flags) {
  const path = fileURLToPath(new URL(project, import.meta.url))
  const binary = fileURLToPath(modulePath(compiler, 'bin/tsc'))
  return spawnSync(process.execPath, [binary, '-p', path, ...flags], { encoding: 'utf8' })
}

/** The compiler's errors without its explanations, which are long: those lines are indented. */
function places(output) {
  return output
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .join('\n')
}

function versionOf(compiler) {
  return JSON.parse(readFileSync(modulePath(compiler, 'package.json'), 'utf8')).version
}

function modulePath(compiler, path) {
  return new URL(`../../node_modules/${compiler}/${path}`, import.meta.url)
}
