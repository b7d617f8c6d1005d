import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect } from 'chai'

import { builtPackage } from '../support/built-package.js'
import { runCommand } from '../support/run-command.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const COMPILERS = ['typescript-5', 'typescript-6', 'typescript']

/** What names Node's types in options, and every entry point. */
const PROGRAM = `
import { cacheOptionsFromEnvironment, createCache } from 'cachewright'
import { installCaching } from 'cachewright/inversify'
import { collectMetrics } from 'cachewright/prometheus'
import { createTestCache } from 'cachewright/testing'
export const cache = createCache({ redis: { tls: { servername: 'redis.example' } } })
// @ts-expect-error Without Node's types this would be anything.
export const other = createCache({ redis: { tls: { servername: 1 } } })
export const others = [cacheOptionsFromEnvironment, installCaching, collectMetrics, createTestCache]
`

/** Takes no types by itself, as TypeScript since 6, and checks declarations as well. */
const SETTINGS = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    types: [],
    noEmit: true,
    skipLibCheck: false,
  },
  files: ['program.mts'],
}

describe('the declarations of the package', () => {
  let folder: string
  let root: string

  before(async function () {
    this.timeout(120_000)
    root = await builtPackage()
    folder = await temporaryFolder('declarations')
    await mkdir(join(folder, 'node_modules'))
    await symlink(root, join(folder, 'node_modules/cachewright'))
    await writeFile(join(folder, 'program.mts'), PROGRAM)
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(SETTINGS))
  })

  for (const compiler of COMPILERS) {
    it(`bring the types that they speak of, whatever the settings say: ${compiler}`, async function () {
      this.timeout(60_000)
      const binary = join(root, 'node_modules', compiler, 'bin/tsc')
      expect(await runCommand(process.execPath, [binary, '-p', folder])).to.equal('')
    })
  }
})
