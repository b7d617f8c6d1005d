import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { runCommand } from './run-command.js'

const require = createRequire(import.meta.url)
const root = dirname(require.resolve('cachewright/package.json'))
let building: Promise<void> | undefined

/** The package's folder, with `dist` as a user gets it. The first call of a test run builds it. */
export async function builtPackage(): Promise<string> {
  building ??= build()
  await building
  return root
}

async function build(): Promise<void> {
  await runCommand(process.execPath, ['scripts/bundle.mjs'], { directory: root })
}

/**
 * Compiles a project of the package's folder.
 *
 * @param output what it writes; emptied first, since what a file left behind would still be found
 * @throws Error with the compiler's words
 */
export async function compile(folder: string, project: string, output: string): Promise<void> {
  await rm(join(folder, output), { recursive: true, force: true })
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await runCommand(process.execPath, [compiler, '-p', project], { directory: folder })
}
