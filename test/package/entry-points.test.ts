import { expect } from 'chai'

import { runCommand } from '../support/run-command.js'

/**
 * Prints the packages of node_modules that an import loads. The hook sees what is imported; what is
 * required without an import, such as the code of CommonJS packages, is in `Module._cache`.
 */
const PROGRAM = `
import Module, { register } from 'node:module'
import { MessageChannel } from 'node:worker_threads'

const hook = \`
  let port
  export const initialize = (data) => { port = data }
  export async function load(url, context, next) {
    port.postMessage(url)
    return next(url, context)
  }\`
const { port1, port2 } = new MessageChannel()
const urls = []
// Messages arrive in order: with this module's own everything before it has been heard of.
const LAST = 'data:text/javascript,0'
const heard = new Promise((resolve) => {
  port1.on('message', (url) => (url === LAST ? resolve() : urls.push(url)))
})
register('data:text/javascript,' + encodeURIComponent(hook), {
  data: port2,
  transferList: [port2],
})
await import(process.argv[1])
await import(LAST)
await heard
port1.close()
const files = [...urls, ...Object.keys(Module._cache)]
const packages = files.flatMap((file) => {
  const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules\\/)/.exec(file) ?? []
  return name === undefined ? [] : [name]
})
console.log(JSON.stringify([...new Set(packages)].sort()))
`

/** What a program pays for before it has used anything. */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  'index.js': ['lru-cache'],
  'testing.js': ['lru-cache'],
}

describe('the entry points of the package', () => {
  for (const [entryPoint, expected] of Object.entries(LOADED)) {
    it(`${entryPoint} loads no package but ${expected.join(', ')} when it is imported`, async () => {
      expect(await packagesLoadedBy(entryPoint)).to.deep.equal(expected)
    })
  }

  it('inversify.js loads the container besides, and neither ioredis nor what is for first use', async () => {
    const loaded = await packagesLoadedBy('inversify.js')
    expect(loaded).to.include('lru-cache')
    const others = loaded.filter(
      (name) => !/^lru-cache$|^@?inversify|^reflect-metadata$/.test(name),
    )
    expect(others).to.deep.equal([])
  })
})

async function packagesLoadedBy(entryPoint: string): Promise<string[]> {
  const url = new URL(`../../src/${entryPoint}`, import.meta.url).href
  const program = ['--input-type=module', '--eval', PROGRAM, url]
  return JSON.parse(await runCommand(process.execPath, program)) as string[]
}
