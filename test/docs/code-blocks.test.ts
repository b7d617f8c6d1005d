import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect } from 'chai'

import { builtPackage, compile } from '../support/built-package.js'

/** The blocks of README and docs, compiled as a user would, against the built package. */
describe('the code in README.md and docs/', () => {
  it('compiles, block by block', async function () {
    this.timeout(120_000)
    const root = await builtPackage()
    const folder = join(root, '.tmp', 'code-blocks')
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })

    const blocks = await blocksOf(root)
    expect(blocks.length).to.be.greaterThan(10)
    for (const { name, code } of blocks) await writeFile(join(folder, `${name}.ts`), code)
    await writeFile(join(folder, 'ambient.d.ts'), AMBIENT)
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))

    await compile(folder, 'tsconfig.json', 'out')
  })
})

/** Shows parts of a file that is compiled with the type tests; another test compares the two. */
const EXCERPTED = 'decorators.md'

/** What the pages take for granted: the reader's own service and cache. */
const AMBIENT = `
declare const cache: import('cachewright').Cache
declare class UserRepository {
  load(id: string): Promise<string>
}
declare class UserService {
  constructor(repository: UserRepository)
  profile(id: string): Promise<string>
}
`

const project = {
  extends: '../../tsconfig.json',
  compilerOptions: {
    noEmit: true,
    noUnusedLocals: false,
    rootDir: '.',
    types: ['node'],
    typeRoots: ['../../node_modules/@types'],
  },
  include: ['*.ts'],
  exclude: [],
}

interface Block {
  readonly name: string
  readonly code: string
}

async function blocksOf(root: string): Promise<Block[]> {
  const docs = (await readdir(join(root, 'docs'))).filter(
    (name) => name.endsWith('.md') && name !== EXCERPTED,
  )
  const pages = ['README.md', ...docs.map((name) => join('docs', name))]
  const blocks = await Promise.all(
    pages.map(async (page) => {
      const text = await readFile(join(root, page), 'utf8')
      const name = page.replaceAll(/\W/g, '-')
      return continued(
        [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code),
      ).map(
        // What a block declares is its own: without an export it would be a script and share names.
        (code, index) => ({ name: `${name}-${index + 1}`, code: `${code}\nexport {}\n` }),
      )
    }),
  )
  return blocks.flat()
}

/** A block that imports nothing goes on where the one before it on the page has ended. */
function continued(blocks: readonly string[]): string[] {
  const programs: string[] = []
  for (const block of blocks) {
    const last = programs.at(-1)
    if (last === undefined || /^import /m.test(block)) programs.push(block)
    else programs[programs.length - 1] = `${last}\n${block}`
  }
  return programs
}
