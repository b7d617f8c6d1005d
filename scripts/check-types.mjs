import { existsSync } from 'node:fs'

import { build } from './build.mjs'
import { run } from './run.mjs'

/**
 * Everything compiles: the sources and the tests, the examples against the built package as a user
 * compiles them, and what must compile. What must not compile does not.
 */
const TYPE_TESTS = 'test/types/run.mjs'

if (!(await build())) process.exit(1)
for (const project of [
  'tsconfig.json',
  'examples/tsconfig.json',
  'examples/standard-decorators/tsconfig.json',
]) {
  if (existsSync(project)) await step('npx', ['tsc', '-p', project, '--noEmit'])
}
if (existsSync(TYPE_TESTS)) await step('node', [TYPE_TESTS])

async function step(command, commandArguments) {
  const { code } = await run(command, commandArguments, { echo: true })
  if (code !== 0) process.exitCode = 1
}
