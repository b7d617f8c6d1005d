import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { expect } from 'chai'

import { builtPackage } from '../support/built-package.js'
import { runCommand } from '../support/run-command.js'

/** Prints the parts of Node that were loaded by a program that fills a cache in memory and reads it. */
const IN_MEMORY = `
import { createCache } from 'cachewright'
const cache = createCache()
await cache.set(['user', 1], { name: 'Ada' })
if ((await cache.get(['user', 1])).name !== 'Ada') throw new Error('nothing was kept')
console.log(JSON.stringify(process.moduleLoadList))
process.exit()
`

const ACROSS_ENTRIES = `
import { Cache, CacheConfigurationError, CacheWeavingError, WarmupRunner, createCache } from 'cachewright'
import { installCaching } from 'cachewright/inversify'
import { Container } from 'inversify'
const container = new Container()
const cache = installCaching(container)
const facts = [
  cache instanceof Cache,
  container.get(Cache) === cache,
  container.get(WarmupRunner) instanceof WarmupRunner,
  thrownBy(() => installCaching(container, createCache())) instanceof CacheWeavingError,
  thrownBy(() => createCache({ redis: 'nonsense' })) instanceof CacheConfigurationError,
  typeof Symbol.metadata === 'symbol',
]
await cache.close()
console.log(JSON.stringify(facts))
process.exit()

function thrownBy(work) {
  try {
    work()
  } catch (error) {
    return error
  }
}
`

const NAMES = `
const [one, other] = await Promise.all(process.argv.slice(1).map((url) => import(url)))
const different = Object.keys(one).filter((name) => one[name] !== other[name])
const renamed = Object.entries(one).filter(
  ([name, { name: own }]) => typeof one[name] === 'function' && own !== name,
)
console.log(JSON.stringify([Object.keys(one), Object.keys(other), different, renamed]))
`

describe('the package as it is built', () => {
  before(async function () {
    this.timeout(120_000)
    await builtPackage()
  })

  it('loads neither cryptography nor the network for a cache in memory', async () => {
    const loaded = JSON.parse(await outputOf(IN_MEMORY)) as string[]
    expect(loaded).to.include('NativeModule diagnostics_channel')
    for (const part of ['crypto', 'net', 'tls', 'dns', 'zlib']) {
      expect(loaded).to.not.include(`NativeModule ${part}`)
    }
  })

  it('C44: is one package, whichever of its entry points are imported', async () => {
    const facts = JSON.parse(await outputOf(ACROSS_ENTRIES)) as boolean[]
    expect(facts).to.deep.equal(facts.map(() => true))
    expect(facts).to.have.length(6)
  })

  it('exports to bundlers what it exports to Node, under the names of the sources', async () => {
    const root = await builtPackage()
    const urls = ['index.js', 'bundled.js'].map(
      (name) => pathToFileURL(join(root, 'dist', name)).href,
    )
    const [names, others, different, renamed] = JSON.parse(await outputOf(NAMES, ...urls)) as [
      string[],
      string[],
      string[],
      string[],
    ]
    expect(names).to.include.members(['Cache', 'Cached', 'createCache', 'CacheError'])
    expect(others).to.deep.equal(names)
    expect(different).to.deep.equal([])
    expect(renamed).to.deep.equal([])
  })

  it('C44: imports no file of its own from what is loaded at first use, where tools load it twice', async () => {
    const dist = join(await builtPackage(), 'dist')
    const apart = (await readdir(dist, { recursive: true })).filter((path) =>
      /[/\\].*\.js$/.test(path),
    )
    expect(apart).to.include(join('redis', 'redis-tier.js'))
    for (const path of apart) {
      const code = await readFile(join(dist, path), 'utf8')
      expect(code, path).to.not.match(/^(import|export) .*"\./m)
      expect(code, path).to.match(/^export const withCore = /m)
    }
  })

  it('shows the lines of the sources in stack traces', async () => {
    const program = `
      import { createCache } from 'cachewright'
      try { createCache({ memory: { maxItems: 0 } }) } catch (error) { console.log(error.stack) }`
    const stack = await outputOf(program)
    expect(stack).to.match(/resolveMemory .*src[/\\]resolve-cache-options\.ts:\d+/)
  })
})

/** What a program prints that imports the package by its name. */
async function outputOf(program: string, ...programArguments: string[]): Promise<string> {
  const directory = await builtPackage()
  const options = ['--enable-source-maps', '--input-type=module', '--eval', program]
  const environment = { NODE_OPTIONS: '' }
  const commandArguments = [...options, ...programArguments]
  return runCommand(process.execPath, commandArguments, { directory, environment })
}
