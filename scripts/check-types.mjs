import { existsSync } from 'node:fs'

import { run } from './run.mjs'

/** Everything compiles, and so does all that must compile, while what must not does not. */
const STEPS = [
  ['npx', ['tsc', '-p', 'tsconfig.json', '--noEmit']],
  ['npx', ['tsc', '-p', 'tsconfig.build.json', '--noEmit']],
]
const TYPE_TESTS = 'test/types/run.mjs'
if (existsSync(TYPE_TESTS)) STEPS.push(['node', [TYPE_TESTS]])

for (const [command, commandArguments] of STEPS) {
  const { code } = await run(command, commandArguments, { echo: true })
  if (code !== 0) process.exitCode = 1
}
