import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { expect } from 'chai'
import { rolldown } from 'rolldown'

import { builtPackage } from '../support/built-package.js'
import { freshPrefix, redisUrl } from '../support/redis.js'
import { runCommand } from '../support/run-command.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Uses what is loaded at first use without Redis: a limit, a cron expression, the warm-up. */
const IN_MEMORY = `
import { Cached, createCache, Warm, WarmupRunner } from 'cachewright'
class Service {
  async find(id) { return { id } }
}
const { prototype } = Service
for (const decorator of [
  Cached({ concurrency: 2 }),
  Warm({ arguments: [['1'], ['2']], cron: '0 0 1 1 *' }),
]) {
  const given = Object.getOwnPropertyDescriptor(prototype, 'find')
  Object.defineProperty(prototype, 'find', decorator(prototype, 'find', given) ?? given)
}
const cache = createCache()
const service = cache.weave(new Service())
const runner = new WarmupRunner(cache, () => [service])
const { warmed } = await runner.run()
const { id } = await service.find('1')
console.log(JSON.stringify({ warmed, schedules: runner.schedules.length, id }))
await cache.close()
`

/** Uses the rest: a long key, which is hashed, and a value that superjson writes. */
const ON_REDIS = `
import { createCache } from 'cachewright'
import { Redis } from 'ioredis'
const [, , url, prefix] = process.argv
const client = new Redis(url, { lazyConnect: true })
const key = 'k'.repeat(200)
const writer = createCache({ redis: client, prefix })
await writer.ready(30_000)
const shared = { at: new Date(0) }
await writer.set(key, { one: shared, other: shared })
await writer.close()
const reader = createCache({ redis: client, prefix })
await reader.ready(30_000)
const value = await reader.get(key)
await reader.close()
client.disconnect()
console.log(JSON.stringify({ isOne: value.one === value.other, at: value.one.at.getTime() }))
`

const BY_URL = `
import { createCache } from 'cachewright'
try {
  const cache = createCache({ redis: process.argv[2] })
  if (await cache.ready(30_000)) console.log('connected')
  await cache.close()
} catch (error) {
  console.log(error.name + ': ' + error.message)
}
`

describe('a program that was bundled with the package', () => {
  before(async function () {
    this.timeout(120_000)
    await builtPackage()
  })

  it('has all that a cache in memory loads at first use, and needs no other file', async () => {
    expect(JSON.parse(await outputOf(await bundled(IN_MEMORY)))).to.deep.equal({
      warmed: 2,
      schedules: 1,
      id: '1',
    })
  })

  it('has the Redis tier, and takes ioredis from the client that it is given', async () => {
    const output = await outputOf(await bundled(ON_REDIS), redisUrl(), freshPrefix())
    expect(JSON.parse(output)).to.deep.equal({ isOne: true, at: 0 })
  })

  it('takes ioredis from the folders beside the bundle when it is given a URL', async () => {
    const file = await bundled(BY_URL)
    const packages = join(dirname(file), 'node_modules')
    await mkdir(packages)
    await symlink(join(await builtPackage(), 'node_modules/ioredis'), join(packages, 'ioredis'))
    expect(await outputOf(file, redisUrl())).to.equal('connected\n')
  })

  it('is told at once what to do when the bundler took the files that only Node can load', async () => {
    const output = await outputOf(await bundled(BY_URL, ['node-addons', 'import']), redisUrl())
    expect(output).to.match(/^CacheConfigurationError: /)
    expect(output).to.include('node-addons')
  })
})

/**
 * Makes one file of a program, in a folder of its own.
 *
 * @param conditionNames by which the bundler chooses among `exports`; its own by default
 */
async function bundled(program: string, conditionNames?: string[]): Promise<string> {
  const root = await builtPackage()
  const folder = await temporaryFolder('bundle')
  const packages = join(folder, 'written/node_modules')
  await mkdir(packages, { recursive: true })
  await symlink(root, join(packages, 'cachewright'))
  await symlink(join(root, 'node_modules/ioredis'), join(packages, 'ioredis'))
  const input = join(folder, 'written/program.js')
  await writeFile(input, program)
  const bundle = await rolldown({
    input,
    platform: 'node',
    ...(conditionNames === undefined ? {} : { resolve: { conditionNames } }),
  })
  const file = join(folder, 'program.mjs')
  await bundle.write({ file, format: 'es', codeSplitting: false })
  await bundle.close()
  return file
}

function outputOf(file: string, ...programArguments: string[]): Promise<string> {
  const environment = { NODE_OPTIONS: '', NODE_PATH: '' }
  return runCommand(process.execPath, [file, ...programArguments], { environment })
}
