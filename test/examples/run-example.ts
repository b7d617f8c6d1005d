import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { runCommand } from '../support/run-command.js'

const require = createRequire(import.meta.url)
const root = dirname(require.resolve('cachewright/package.json'))
let building: Promise<void> | undefined

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
  building ??= build()
  await building
  return runCommand(process.execPath, [join(root, 'examples/out', `${name}.js`)], {
    directory: root,
    // A Redis of whoever runs the tests is not meant for the examples.
    environment: { REDIS_URL: '', NODE_OPTIONS: '', ...environment },
    timeout: 120_000,
  })
}

async function build(): Promise<void> {
  for (const [project, output] of [
    ['tsconfig.build.json', 'dist'],
    ['examples/tsconfig.json', 'examples/out'],
    ['examples/standard-decorators/tsconfig.json', 'examples/out/standard-decorators'],
  ] as const) {
    // What a file left behind that is no longer there would still be found.
    await rm(join(root, output), { recursive: true, force: true })
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    await runCommand(process.execPath, [compiler, '-p', project], { directory: root })
  }
}
