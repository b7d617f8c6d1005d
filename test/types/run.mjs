/**
 * Compiles the type tests with every supported compiler, as legacy and as standard decorators.
 * What must not compile carries a `@ts-expect-error`, so a check that stops working is an error too.
 *
 * Prints a line for each run, and where it failed; `tsc -p` on the same project says why.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const COMPILERS = ['typescript-5', 'typescript-6', 'typescript']
const DIALECTS = ['legacy', 'standard']

let failures = 0
for (const compiler of COMPILERS) {
  for (const dialect of DIALECTS) {
    const { status, stdout } = compile(compiler, dialect)
    if (status !== 0) failures += 1
    const outcome = status === 0 ? 'passed' : 'FAILED'
    process.stdout.write(`${outcome}: types, TypeScript ${versionOf(compiler)}, ${dialect}\n`)
    if (status !== 0) process.stdout.write(`${places(stdout)}\n`)
  }
}
process.exitCode = failures === 0 ? 0 : 1

function compile(compiler, dialect) {
  const project = fileURLToPath(new URL(`tsconfig.${dialect}.json`, import.meta.url))
  const binary = fileURLToPath(modulePath(compiler, 'bin/tsc'))
  return spawnSync(process.execPath, [binary, '-p', project], { encoding: 'utf8' })
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
