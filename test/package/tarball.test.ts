import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'

import { expect } from 'chai'

import { builtPackage } from '../support/built-package.js'
import { runCommand } from '../support/run-command.js'

interface Manifest {
  readonly main: string
  readonly types: string
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> }
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly sideEffects: readonly string[]
}

describe('the tarball that is published', () => {
  let root: string
  let files: readonly string[]
  let manifest: Manifest

  before(async function () {
    this.timeout(120_000)
    root = await builtPackage()
    const options = ['pack', '--dry-run', '--json', '--ignore-scripts']
    const output = await runCommand('npm', options, { directory: root })
    const [packed] = JSON.parse(output) as [{ files: { path: string }[] }]
    files = packed.files.map(({ path }) => path)
    manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest
  })

  it('holds what is built, the sources and what a reader looks for first, and nothing else', () => {
    const parts = [...new Set(files.map((path) => path.split('/')[0]))]
    expect(parts).to.have.members([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist',
      'docs',
      'package.json',
      'src',
    ])
    for (const path of files.filter((name) => name.startsWith('dist/'))) {
      expect(path).to.match(/\.(js|js\.map|d\.ts|d\.ts\.map)$/)
    }
  })

  it('holds every file that its manifest names', () => {
    const named = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    )
    const { main, types, typesVersions } = manifest
    // For TypeScript 5 with `module: commonjs`, which knows no `exports`.
    const older = [main, types, ...Object.values(typesVersions['*']).flat()]
    for (const path of [...named, ...older, ...manifest.sideEffects]) {
      expect(files).to.include(posix.normalize(path))
    }
  })

  it('tells compilers that know no exports of every entry point', () => {
    const entries = Object.keys(manifest.exports)
      .filter((name) => name !== '.' && !name.endsWith('.json'))
      .map((name) => name.replace('./', ''))
    expect(Object.keys(manifest.typesVersions['*'])).to.have.members(entries)
  })

  it('holds every source that its maps point to, so that stack traces lead somewhere', async () => {
    const maps = files.filter((path) => path.startsWith('dist/') && path.endsWith('.map'))
    expect(maps.length).to.be.greaterThan(10)
    const sources = await Promise.all(maps.map((path) => sourcesOf(path)))
    for (const source of new Set(sources.flat())) expect(files).to.include(source)
  })

  it('holds few files of code: each one costs a start a millisecond', () => {
    const code = files.filter((path) => path.startsWith('dist/') && path.endsWith('.js'))
    expect(code.length).to.be.lessThan(20)
  })

  async function sourcesOf(path: string): Promise<string[]> {
    const map = JSON.parse(await readFile(join(root, path), 'utf8')) as { sources: string[] }
    return map.sources.map((source) => posix.join(posix.dirname(path), source))
  }
})
