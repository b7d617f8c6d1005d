import { readFile } from 'node:fs/promises'

import { expect } from 'chai'

import { SOURCE } from './source.js'

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
  readonly peer?: boolean
  readonly link?: boolean
  readonly os?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
}

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly files: readonly string[]
}

/** What npm runs by itself when a package is installed. */
const INSTALLING = new Set(['preinstall', 'install', 'postinstall', 'prepare', 'preprepare'])
const MOST_PACKAGES = 15

describe('What comes with the package', () => {
  let manifest: Manifest
  let locked: [string, LockedPackage][]

  before(async () => {
    const read = async (name: string): Promise<unknown> =>
      JSON.parse(await readFile(new URL(`../${name}`, SOURCE), 'utf8'))
    manifest = (await read('package.json')) as Manifest
    const lock = (await read('package-lock.json')) as { packages: Record<string, LockedPackage> }
    locked = Object.entries(lock.packages).filter(([path]) => path !== '')
  })

  const atRuntime = (): [string, LockedPackage][] =>
    locked.filter(([, { dev, peer }]) => dev !== true && peer !== true)

  it('S44: runs nothing when it is installed, itself and all that it brings along', async () => {
    expect(Object.keys(manifest.scripts).filter((name) => INSTALLING.has(name))).to.deep.equal([])
    expect(atRuntime()).to.have.length.above(3)
    const running = atRuntime().filter(([, { hasInstallScript }]) => hasInstallScript === true)
    expect(running.map(([path]) => path)).to.deep.equal([])
    const settings = await readFile(new URL('../.npmrc', SOURCE), 'utf8')
    expect(settings.split('\n')).to.include('ignore-scripts=true')
  })

  it('S44: brings few packages along, each locked by version and hash and by no address', () => {
    // Of those for one platform each, one is installed.
    const everywhere = atRuntime().filter(([, { os }]) => os === undefined)
    expect(everywhere.length).to.be.at.most(MOST_PACKAGES - 1)
    for (const name of Object.keys(manifest.dependencies)) {
      expect(everywhere.map(([path]) => path)).to.include(`node_modules/${name}`)
    }
    for (const [path, { version, integrity }] of everywhere) {
      expect(version, path).to.match(/^\d+\.\d+\.\d+/)
      expect(integrity, path).to.match(/^sha512-/)
    }
    const addressed = locked.filter(([, { resolved, link }]) => resolved !== undefined && !link)
    expect(addressed.map(([path]) => path)).to.deep.equal([])
  })

  it('S44: is at the floors that SECURITY.md names, or above', async () => {
    const text = await readFile(new URL('../SECURITY.md', SOURCE), 'utf8')
    const versions = new Map(locked.map(([path, { version = '' }]) => [path, version]))
    for (const [name, floor] of [
      ['superjson', '2.2.6'],
      ['ioredis', '6.0.0'],
      ['ioredis-5', '5.11.1'],
    ] as const) {
      const version = versions.get(`node_modules/${name}`) ?? ''
      expect(isAtLeast(version, floor), `${name} ${version}`).to.equal(true)
      expect(text).to.match(
        new RegExp(String.raw`\| ${name.replace(/-\d$/, '')} \|.*${floor.replace(/\.0$/, '')}`),
      )
    }
  })

  it('S44: is published with what is named, and nothing else', () => {
    expect(manifest.files).to.include.members([
      'dist',
      'src',
      'LICENSE',
      'README.md',
      'SECURITY.md',
    ])
    for (const entry of manifest.files)
      expect(entry).to.match(/^!|^(?:dist|docs|src|[A-Z]+(?:\.md)?)$/)
  })
})

function isAtLeast(version: string, floor: string): boolean {
  const [one, other] = [version, floor].map((text) => text.split('.').map(Number))
  for (const [index, least] of (other ?? []).entries()) {
    const part = one?.[index] ?? 0
    if (part !== least) return part > least
  }
  return true
}
