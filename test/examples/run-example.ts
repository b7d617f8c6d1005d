import { join } from 'node:path'

import { builtPackage, compile } from '../support/built-package.js'
import { runCommand } from '../support/run-command.js'

let building: Promise<string> | undefined

/**
 * Runs an example as a user does, compiled against the package's own built files, and returns what
 * it printed. The first call of a test run builds the package and the examples.
 *
 * @param name its path below `examples`, without an ending
 * @throws Error when it does not end with 0
 */
export async function runExample(
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  building ??= buildExamples()
  const root = await building
  return runCommand(process.execPath, [join(root, 'examples/out', `${name}.js`)], {
    directory: root,
    // A Redis of whoever runs the tests is not meant for the examples.
    environment: { REDIS_URL: '', NODE_OPTIONS: '', ...environment },
    timeout: 120_000,
  })
}

async function buildExamples(): Promise<string> {
  const root = await builtPackage()
  await compile(root, 'examples/tsconfig.json', 'examples/out')
  const standard = 'examples/standard-decorators/tsconfig.json'
  await compile(root, standard, 'examples/out/standard-decorators')
  return root
}
